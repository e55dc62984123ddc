// One wrapper in a process of its own: makes the calls that it is told to, and says what they cost.
import { importerOf, wrappers } from "./wrappers.mjs";

const { wrapper, provider, sink, rivals, ours, spool } = JSON.parse(process.argv[2]);
const load = importerOf(rivals);
const { patches = false, set } = wrappers[wrapper];
const { OpenAI } = await load("openai");
// Who changes the class itself leaves no bare client of it: that is one of another copy then.
const { OpenAI: BareOpenAI } = patches ? await import("openai") : { OpenAI };
const started = performance.now();
const { wrap, flush } = await set({ load, sink, ours, spool, OpenAI });
const options = { apiKey: "sk-benchmark", baseURL: `${provider}/v1`, maxRetries: 0 };
const client = wrap(new OpenAI(options));
const bareClient = new BareOpenAI(options);
const setupMs = performance.now() - started;

async function call(caller, { streamed, content }) {
  const body = { model: "gpt-4o-mini", messages: [{ role: "user", content }] };
  if (!streamed) return caller.chat.completions.create(body);
  const asking = caller === client &&
    wrapper === "bare-asking" && { stream_options: { include_usage: true } };
  for await (const _part of await caller.chat.completions.create({ ...body, stream: true, ...asking }));
}

/** What calls of one client cost, added up over its turns. */
class Turns {
  #caller;
  #cpuUs = 0;
  #times = [];

  constructor(caller) {
    this.#caller = caller;
  }

  async take({ block, concurrency, ...asked }) {
    let left = block;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        const begun = performance.now();
        await call(this.#caller, asked);
        this.#times.push(performance.now() - begun);
      }
    };
    await this.measure(() => Promise.all(Array.from({ length: concurrency }, lane)));
  }

  async measure(work) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    this.#cpuUs += user + system;
  }

  get cost() {
    const times = this.#times.sort((one, other) => one - other);
    return {
      cpuUs: this.#cpuUs / times.length,
      p50Us: times[Math.floor(times.length / 2)] * 1000,
      meanUs: (times.reduce((sum, time) => sum + time, 0) / times.length) * 1000,
    };
  }
}

async function run({ calls, promptBytes, ...stretch }) {
  const content = "lorem ip ".repeat(promptBytes / 9 + 1).slice(0, promptBytes);
  const bare = new Turns(bareClient);
  const wrapped = new Turns(client);
  for (let done = 0; done < calls; done += stretch.block) {
    // Who comes first has the caches warmed by nobody: both do in turn.
    const isTurned = (done / stretch.block) % 2 === 1;
    for (const turns of isTurned ? [wrapped, bare] : [bare, wrapped])
      await turns.take({ ...stretch, content });
  }
  await wrapped.measure(flush);
  return { bare: bare.cost, wrapped: wrapped.cost };
}

/** Each asks one thing of the wrapped client; what it records is for the far side to see. */
const probes = {
  async withResponse() {
    const asked = client.chat.completions.create(request("probe-with-response"));
    const { data, response } = await asked.withResponse();
    return data.choices.length > 0 && response.status === 200;
  },
  async streamClass() {
    const stream = await client.chat.completions.create({ ...request("probe-stream"), stream: true });
    let parts = 0;
    for await (const _part of stream) parts += 1;
    return parts > 0 && "controller" in stream && typeof stream.toReadableStream === "function";
  },
  async tee() {
    const stream = await client.chat.completions.create({ ...request("probe-tee"), stream: true });
    const counts = await Promise.all(
      stream.tee().map(async (half) => {
        let parts = 0;
        for await (const _part of half) parts += 1;
        return parts;
      }),
    );
    return counts[0] > 0 && counts[0] === counts[1];
  },
  async failing() {
    await client.chat.completions.create(request("probe-failing", "no-such-model")).catch(() => {});
    return true;
  },
  async leftEarly() {
    const stream = await client.chat.completions.create({ ...request("probe-left"), stream: true });
    for await (const _part of stream) break;
    return true;
  },
  async asResponse() {
    const response = await client.chat.completions.create(request("probe-as-response")).asResponse();
    await response.json();
    return true;
  },
};

const request = (content, model = "gpt-4o-mini") => ({ model, messages: [{ role: "user", content }] });

const answers = {
  run: ({ stretch }) => run(stretch),
  probe: async ({ name }) => {
    const works = await probes[name]().catch(() => false);
    // What is written down a little later is waited for, so that it is missing only where it never comes.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await flush();
    return works;
  },
};

process.on("message", async ({ id, ...message }) => {
  try {
    process.send({ id, result: await answers[message.kind](message) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.send({ kind: "ready", setupMs });
