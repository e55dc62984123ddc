import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createFunctionRunner, type FunctionRunner, type FunctionRunnerOptions } from "./function-runner.ts";

let directory: string;
let runners: FunctionRunner[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "function-test-"));
  runners = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function run(source: string, options: Partial<FunctionRunnerOptions> = {}): FunctionRunner {
  const bundle = join(directory, `bundle-${runners.length}`);
  mkdirSync(bundle);
  writeFileSync(join(bundle, "index.mjs"), source);
  const runner = createFunctionRunner({ functionName: "fn", directory: bundle, env: {}, ...options });
  runners.push(runner);
  return runner;
}

describe("function runner", () => {
  it("answers what the handler returns, with a context like Lambda's", async () => {
    const runner = run(
      `export const handler = async (event, context) => ({
        event, id: typeof context.awsRequestId, name: context.functionName, memory: context.memoryLimitInMB,
        left: context.getRemainingTimeInMillis() > 1000 })`,
      { memoryMb: 256 },
    );
    const { payload } = await runner.invoke({ a: [1, null], gone: undefined });
    expect(payload).toEqual({ event: { a: [1, null] }, id: "string", name: "fn", memory: "256", left: true });
  });

  it("answers null for a handler that returns nothing", async () => {
    expect((await run("export const handler = async () => {}").invoke({})).payload).toBeNull();
  });

  it("gives the function its own environment and none of this process's", async () => {
    const runner = run("export const handler = async () => process.env", { env: { TABLE: "usage" } });
    const { payload } = await runner.invoke({});
    expect(payload).toMatchObject({ TABLE: "usage", AWS_LAMBDA_FUNCTION_NAME: "fn" });
    expect(payload).not.toHaveProperty("PATH");
  });

  it("reports a thrown error and keeps the environment warm", async () => {
    const runner = run(`let calls = 0;
      export const handler = async () => { if (++calls === 1) throw new RangeError("too far"); return calls; }`);
    const failed = await runner.invoke({});
    expect(failed).toMatchObject({
      functionError: "Unhandled",
      payload: { errorType: "RangeError", errorMessage: "too far" },
    });
    expect((await runner.invoke({})).payload).toBe(2);
  });

  it("replaces the environment after an unhandled rejection", async () => {
    const runner = run(`let calls = 0;
      export const handler = async (event) => {
        calls++;
        if (event.reject) { Promise.reject(new Error("nobody waits")); await new Promise(() => {}); }
        return calls;
      }`);
    await runner.invoke({});
    const failed = await runner.invoke({ reject: true });
    expect(failed).toMatchObject({ functionError: "Unhandled", payload: { errorMessage: "nobody waits" } });
    expect((await runner.invoke({})).payload).toBe(1);
  });

  it("ends an invocation at its timeout", async () => {
    const runner = run("export const handler = () => new Promise(() => {})", { timeoutMs: 50 });
    expect(await runner.invoke({})).toMatchObject({
      payload: { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 0.05 seconds" },
    });
  });

  it("reports a bundle that does not load", async () => {
    const failed = await run("throw new Error('no settings'); export const handler = 1").invoke({});
    expect(failed).toMatchObject({ functionError: "Unhandled", payload: { errorMessage: "no settings" } });
    const missing = await run("export const other = 1").invoke({});
    expect(missing).toMatchObject({ functionError: "Unhandled", payload: { errorType: "TypeError" } });
  });

  it("grows to its concurrency, one event at a time in each environment", async () => {
    const source = `let running = 0;
      export const handler = async () => {
        running++;
        await new Promise((resolve) => setTimeout(resolve, 40));
        return running--;
      }`;
    const runner = run(
      `import { threadId } from "node:worker_threads"; ${source.replace("return running--", "return [threadId, running--]")}`,
    );
    const results = await Promise.all([1, 2, 3, 4].map((n) => runner.invoke(n)));
    const answers = results.map((result) => z.tuple([z.number(), z.number()]).parse(result.payload));
    expect(answers.map(([, running]) => running)).toEqual([1, 1, 1, 1]);
    expect(new Set(answers.map(([thread]) => thread)).size).toBe(2);
  });

  it("kill ends what runs, and the next invocation starts fresh", async () => {
    const runner = run(`let calls = 0;
      export const handler = async (event) => { calls++; if (event.hang) await new Promise(() => {}); return calls; }`);
    await runner.invoke({});
    const hanging = runner.invoke({ hang: true });
    await sleep(20);
    await runner.kill();
    expect(await hanging).toMatchObject({ payload: { errorType: "Runtime.ExitError" } });
    expect((await runner.invoke({})).payload).toBe(1);
  });

  it("ends only its own environment when its signal is aborted", async () => {
    const runner = run(
      `export const handler = async (event) => { await new Promise((r) => setTimeout(r, event)); return 1; }`,
    );
    const controller = new AbortController();
    const [killed, other] = [runner.invoke(5_000, { signal: controller.signal }), runner.invoke(150)];
    setTimeout(() => controller.abort(), 60);
    expect(await killed).toMatchObject({ functionError: "Unhandled" });
    expect(await other).toMatchObject({ payload: 1 });
  });

  it("sends what the function prints to its log", async () => {
    const log = join(directory, "fn.log");
    const runner = run(
      `export const handler = async () => { console.log("to stdout"); console.error("to stderr"); }`,
      { log },
    );
    await runner.invoke({});
    const written = () => readFileSync(log, "utf8");
    await expect.poll(written).toContain("to stdout");
    await expect.poll(written).toContain("to stderr");
  });
});
