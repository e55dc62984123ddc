import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { instantFromEpochMs } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Application, startApplication } from "../../testing/start-application.ts";
import { runLambdaExtension } from "./index.ts";

/**
 * Lambda, as an extension sees it: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html.
 * An environment stands still once its extensions ask for the next event.
 */
class LambdaEnvironment {
  readonly registrations: { readonly name: unknown; readonly events: unknown }[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #waiting: ((event: object) => void)[] = [];
  #port = 0;
  #asked = 0;
  #watchers: (() => void)[] = [];

  static async start(): Promise<LambdaEnvironment> {
    const environment = new LambdaEnvironment();
    await new Promise<void>((resolve) => environment.#server.listen(0, "127.0.0.1", resolve));
    environment.#port = (environment.#server.address() as AddressInfo).port;
    return environment;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Settled when the extension has asked for an event so often. */
  async asked(times: number): Promise<void> {
    while (this.#asked < times) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  send(eventType: "INVOKE" | "SHUTDOWN", forMs: number): void {
    const event = { eventType, deadlineMs: Date.now() + forMs, requestId: "req-1" };
    this.#waiting.shift()?.(event);
  }

  close(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    let body = "";
    for await (const part of request) body += part;
    if (method === "POST" && url === "/2020-01-01/extension/register") {
      this.registrations.push({ name: headers["lambda-extension-name"], events: JSON.parse(body).events });
      response.setHeader("lambda-extension-identifier", "extension-1");
      return void response.end(JSON.stringify({ functionName: "summaries", functionVersion: "$LATEST" }));
    }
    const isKnown = headers["lambda-extension-identifier"] === "extension-1";
    if (method !== "GET" || url !== "/2020-01-01/extension/event/next" || !isKnown)
      return void response.writeHead(403).end();
    this.#waiting.push((event) => response.end(JSON.stringify(event)));
    this.#asked += 1;
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}

let lambda: LambdaEnvironment;
let api: MemoryApi;
let directory: string;

beforeEach(async () => {
  lambda = await LambdaEnvironment.start();
  api = await startMemoryApi(() => instantFromEpochMs(Date.now()));
  directory = mkdtempSync(join(tmpdir(), "lambda-extension-"));
});
afterEach(async () => {
  await Promise.all([lambda.close(), api.close()]);
  rmSync(directory, { recursive: true });
});

const connection = () => ({ AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token });

/** A function's process, which stood still before it had sent what it metered. */
async function functionThatMetered(...models: readonly string[]): Promise<Application> {
  const application = startApplication({ spoolDirectory: directory, cwd: directory, env: connection() });
  await application.meter(...models);
  return application;
}

const sent = () =>
  api.requests.flatMap(({ path, body }) =>
    path === "/ai_usage" ? (body as { metrics: { model: string }[] }).metrics.map(({ model }) => model) : [],
  );

const extension = (env: Record<string, string> = connection()) =>
  runLambdaExtension({
    name: "ai-usage",
    spoolDirectory: directory,
    env: { AWS_LAMBDA_RUNTIME_API: lambda.address, ...env },
  });

describe("the Lambda extension", () => {
  it("registers for invocations and the end, and returns at the end", async () => {
    const running = extension();
    await lambda.asked(1);
    lambda.send("INVOKE", 3_000);
    await lambda.asked(2);
    lambda.send("SHUTDOWN", 2_000);
    await running;
    expect(lambda.registrations).toEqual([{ name: "ai-usage", events: ["INVOKE", "SHUTDOWN"] }]);
  });

  it("sends at the end what the function's process has left", async () => {
    const running = extension();
    await lambda.asked(1);
    const application = await functionThatMetered("gpt-4o", "gpt-4.1");
    await application.kill();
    lambda.send("SHUTDOWN", 60_000);
    await running;
    expect(sent()).toEqual(["gpt-4o", "gpt-4.1"]);
  });

  it("holds an invocation no longer than it may, whatever the other side does", async () => {
    const application = await functionThatMetered("gpt-4o");
    await application.kill();
    api.answerNext(...new Array(20).fill("hang"));
    const running = extension();
    await lambda.asked(1);
    lambda.send("INVOKE", 60_000);
    await lambda.asked(2);
    lambda.send("SHUTDOWN", 200);
    await running;
  });

  it("lets the function run though nobody knows where to send", async () => {
    const running = extension({ AI_USAGE_API_URL: api.url });
    await lambda.asked(1);
    lambda.send("INVOKE", 3_000);
    await lambda.asked(2);
    lambda.send("SHUTDOWN", 2_000);
    await running;
  });

  it("fails when Lambda does not know it", async () => {
    await lambda.close();
    await expect(extension()).rejects.toThrow(/Extensions API failed at register/);
    lambda = await LambdaEnvironment.start();
  });
});
