import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

function line(id: string, fields: object = {}): string {
  return JSON.stringify({ request_id: id, service: "openai", operation: "chat", timestamp: NOW, ...fields });
}

describe("record from options", () => {
  it("sends the fields as they were given, the cost to the last digit", async () => {
    const { exitCode, stdout } = await runCli(
      api,
      "record --service openai --model gpt-4o --operation chat --input-tokens 1200 --output-tokens 300 " +
        "--cost-usd 0.000000000000012345 --user jo --team growth --job j1 --batch b1 --feature search " +
        "--environment production --latency-ms 812.5 --metadata department=sales --metadata 'note=a = b'",
    );
    expect(exitCode).toBe(0);
    expect(stdout).toBe("recorded  id-1  $0.000000000000012 (reported)\n");
    expect(api.requests[0]?.body).toEqual({
      metrics: [
        {
          request_id: "id-1",
          timestamp: NOW,
          service: "openai",
          operation: "chat",
          model: "gpt-4o",
          input_tokens: 1200,
          output_tokens: 300,
          cost_usd: "0.000000000000012345",
          latency_ms: 812.5,
          user_id: "jo",
          team: "growth",
          feature: "search",
          environment: "production",
          job_id: "j1",
          batch_id: "b1",
          metadata: { department: "sales", note: "a = b" },
        },
      ],
    });
  });

  it("keeps its id over repeated attempts, so that it counts once", async () => {
    api.answerNext({ status: 503, body: {} });
    const { exitCode } = await runCli(api, "record --service openai --operation chat --cost-usd 1");
    expect(exitCode).toBe(0);
    expect(api.requests).toHaveLength(2);
    expect(api.requests[1]?.body).toEqual(api.requests[0]?.body);
    expect(api.ledger.metrics.size).toBe(1);
  });

  it("says of a duplicate that it is not counted again, and refuses a conflict", async () => {
    const args = "record --service openai --operation chat --request-id r1 --cost-usd";
    await runCli(api, `${args} 1`);
    expect(await runCli(api, `${args} 1`)).toMatchObject({
      exitCode: 0,
      stdout: "duplicate  r1  was stored before, and is not counted again\n",
    });
    const conflict = await runCli(api, `${args} 2`);
    expect(conflict).toMatchObject({ exitCode: 1, stdout: "" });
    expect(conflict.stderr).toContain("metric 1: request_id is taken");
  });

  it("says when there is no price, and names the field that is refused", async () => {
    const unpriced = await runCli(api, "record --service x --operation y");
    expect(unpriced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("unpriced") });
    const refused = await runCli(api, "record --service x --operation y --timestamp 2020-01-01T00:00:00Z");
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: "error: 1 of 1 were not recorded\n  metric 1: timestamp must be within the last 400 days\n",
    });
  });
});

describe("record from standard input", () => {
  it.each([
    ["an object", line("a")],
    ["an object over several lines", JSON.stringify(JSON.parse(line("a")), null, 2)],
    ["a list of metrics", `\ufeff{"metrics": [${line("a")},\n${line("b")}]}`],
    ["a JSON list", `[${line("a")}]`],
    ["JSON lines, with empty ones and Windows line ends", `\r\n${line("a")}\r\n\r\n${line("b")}\r\n`],
  ])("takes %s", async (_, stdin) => {
    expect(await runCli(api, "record -", { stdin })).toMatchObject({ exitCode: 0, stderr: "" });
    expect([...api.ledger.metrics.keys()]).toEqual(stdin.includes('"b"') ? ["a", "b"] : ["a"]);
  });

  it("gives what lacks an id and a time its own", async () => {
    const stdin = '{"service":"x","operation":"y"}\n{"service":"x","operation":"y"}';
    await runCli(api, "record -", { stdin });
    expect([...api.ledger.metrics.keys()]).toEqual(["id-1", "id-2"]);
  });

  it("sends 500 at a time, however the input is cut, and shows how far it is on a terminal", async () => {
    const text = Array.from({ length: 1001 }, (_, index) => line(`r${index}`, { cost_usd: "0.1" })).join(
      "\n",
    );
    const stdin = text.match(/.{1,1000}/gs) ?? [];
    const { stdout, stderr } = await runCli(api, "record - --json", { stdin, terminal: true });
    expect(api.requests.map(({ body }) => (body as { metrics: unknown[] }).metrics.length)).toEqual([
      500, 500, 1,
    ]);
    expect(JSON.parse(stdout).summary).toMatchObject({ received: 1001, recorded: 1001, cost_usd: "100.1" });
    expect(stderr).toBe("\r500 sent\r1,000 sent\r1,001 sent\n");
  });

  it("stores the others when some are refused, and names those by their place", async () => {
    const refused = Array.from({ length: 25 }, (_, index) => line(`bad${index}`, { input_tokens: -1, x: 1 }));
    const stdin = [line("a"), ...refused].join("\n");
    const { exitCode, stdout, stderr } = await runCli(api, "record -", { stdin });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: "1 recorded  1 without a known price  $0.00\n",
    });
    expect(stderr).toContain("25 of 26 were not recorded\n  metric 2: input_tokens must be");
    expect(stderr).toContain("x is not a field that is known here");
    expect(stderr).toContain("and 5 more");
  });

  it("names the line that is no JSON, and says what was sent before", async () => {
    const lines = Array.from({ length: 500 }, (_, index) => line(`r${index}`));
    const { exitCode, stderr } = await runCli(api, "record -", { stdin: `${lines.join("\n")}\n{"service":` });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "500 metrics were sent and answered before this happened:\nerror: line 501 is not",
    );
  });

  it.each([
    ["nothing", ""],
    ["a number", "5"],
    ["text", "hello\nworld"],
    ["a list of numbers", "[1, 2]"],
  ])("refuses %s", async (_, stdin) => {
    expect(await runCli(api, "record -", { stdin })).toMatchObject({ exitCode: 2, stdout: "" });
    expect(api.requests).toHaveLength(0);
  });
});

describe("record from a provider's answers", () => {
  const answerOf = (id: string) =>
    JSON.stringify({
      id,
      object: "chat.completion",
      model: "gpt-4o-2024-08-06",
      choices: [{ message: { content: "the secret text" } }],
      usage: { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 60 } },
    });

  it("sends what they count, under the provider's ids, and no text", async () => {
    const { exitCode } = await runCli(api, "record --response - --operation chat --team growth", {
      stdin: `${answerOf("chatcmpl-1")}\n${answerOf("chatcmpl-2")}`,
    });
    expect(exitCode).toBe(0);
    expect(api.requests[0]?.body).toMatchObject({
      metrics: [
        {
          request_id: "chatcmpl-1",
          service: "openai",
          model: "gpt-4o-2024-08-06",
          operation: "chat",
          timestamp: NOW,
          usage: { input: 40, cache_read: 60, output: 20 },
          team: "growth",
        },
        { request_id: "chatcmpl-2" },
      ],
    });
    expect(JSON.stringify(api.requests)).not.toContain("secret");
  });

  it("lets the options name who bills it", async () => {
    await runCli(api, "record --response - --format openai.chat --service groq --operation chat", {
      stdin: answerOf("chatcmpl-1"),
    });
    expect([...api.ledger.metrics.values()][0]?.metric.service).toBe("groq");
  });

  it.each([
    ["record --response -", "give --operation"],
    ["record --operation chat --service openai --format openai.chat", "--response"],
    ["record --response - --operation chat --input-tokens 5", "cannot be used with"],
    ["record --response none.json --operation chat", "none.json cannot be read"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect({ exitCode, requests: api.requests.length }).toEqual({ exitCode: 2, requests: 0 });
  });
});
