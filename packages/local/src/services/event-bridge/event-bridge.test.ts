import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InvokeResult, LOCAL_AWS } from "../../engine/index.ts";
import { alertBus } from "../../testing/alert-bus.ts";
import { temporaryDirectory } from "../../testing/fixture-assembly.ts";
import { awsJson } from "../aws-json.ts";
import { AsyncInvocations } from "../lambda/async-invocations.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback-server.ts";
import { Queues } from "../sqs.ts";
import { EventBuses } from "./event-bus.ts";
import { putEvents } from "./put-events.ts";

const returned: InvokeResult = { requestId: "1", payload: null };
const failed: InvokeResult = {
  requestId: "1",
  functionError: "Unhandled",
  payload: { errorType: "Error", errorMessage: "no mail today", trace: [] },
};

let directory: ReturnType<typeof temporaryDirectory>;
let server: LoopbackServer;
let events: EventBridgeClient;
let invocations: AsyncInvocations;
let invoked: { name: string; event: unknown }[];
let answers: InvokeResult[];

beforeEach(async () => {
  directory = temporaryDirectory();
  invoked = [];
  answers = [];
  invocations = openInvocations();
  server = await listenOnLoopback(0);
  const operations = { "AWSEvents.PutEvents": putEvents(new EventBuses(alertBus(), invocations)) };
  server.serve(new Hono().post("/", awsJson(operations)));
  const { region, ...credentials } = LOCAL_AWS;
  events = new EventBridgeClient({ endpoint: server.url, region, credentials });
});

afterEach(async () => {
  events.destroy();
  await server.stop();
  await invocations.stop();
  directory.remove();
});

function openInvocations(): AsyncInvocations {
  const stack = alertBus();
  return new AsyncInvocations({
    stack,
    invoke: async (name, event) => {
      invoked.push({ name, event });
      return answers.shift() ?? returned;
    },
    queues: new Queues(stack, join(directory.path, "queues")),
    journalFile: join(directory.path, "journal.jsonl"),
    log: () => {},
    retryDelayMs: 1,
  });
}

const entry = (DetailType: string, Detail = '{"n":1}', EventBusName = "alerts") => ({
  Source: "ai-usage",
  DetailType,
  Detail,
  EventBusName,
  Time: new Date("2026-11-22T10:00:00Z"),
});
const put = (...Entries: ReturnType<typeof entry>[]) => events.send(new PutEventsCommand({ Entries }));
const deadLetters = () => {
  const file = join(directory.path, "queues", "dead.jsonl");
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];
};

describe("EventBridge", () => {
  it("delivers an event to the targets of the rules that match it", async () => {
    invocations.start();
    const answer = await put(
      entry("Crossed"),
      entry("Other"),
      entry("Off"),
      entry("Crossed", "{}", "default"),
    );
    await invocations.drained();
    expect(answer.FailedEntryCount).toBe(0);
    expect(invoked).toEqual([
      {
        name: "notify",
        event: {
          version: "0",
          id: answer.Entries?.[0]?.EventId,
          source: "ai-usage",
          "detail-type": "Crossed",
          account: "000000000000",
          region: "us-east-1",
          time: "2026-11-22T10:00:00Z",
          resources: [],
          detail: { n: 1 },
        },
      },
    ]);
  });

  it("refuses an entry by itself", async () => {
    const answer = await put(
      entry("Crossed", "not JSON"),
      entry("Crossed", "{}", "nowhere"),
      entry("Crossed"),
    );
    expect(answer.FailedEntryCount).toBe(2);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "MalformedDetail",
      "ResourceNotFoundException",
      undefined,
    ]);
  });

  it("invokes a function that fails again", async () => {
    answers = [failed];
    invocations.start();
    await put(entry("Crossed"));
    await invocations.drained();
    expect(invoked).toHaveLength(2);
    expect(deadLetters()).toEqual([]);
  });

  it("gives up after the function's retries, into its failure destination", async () => {
    answers = [failed, failed, failed];
    invocations.start();
    await put(entry("Crossed"));
    await invocations.drained();
    expect(invoked).toHaveLength(2);
    expect(deadLetters()).toMatchObject([
      {
        body: {
          requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
          requestPayload: { detail: { n: 1 } },
          responsePayload: { errorMessage: "no mail today" },
        },
      },
    ]);
  });

  it("has an accepted event on disk before it answers", async () => {
    await put(entry("Crossed"));
    invocations = openInvocations();
    expect(invocations.pending).toBe(1);
    invocations.start();
    await invocations.drained();
    expect(invoked).toMatchObject([{ event: { detail: { n: 1 } } }]);
  });

  it("delivers after a restart what was being delivered when the process was killed", async () => {
    const script = fileURLToPath(new URL("../../testing/killed-bus.ts", import.meta.url));
    const state = join(directory.path, "killed");
    const bus = spawn(process.execPath, ["--import", "tsx", script, state], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(bus.stdout, "data");
    bus.kill("SIGKILL");
    await once(bus, "exit");

    const stack = alertBus();
    const restarted = new AsyncInvocations({
      stack,
      invoke: async (name, event) => {
        invoked.push({ name, event });
        return returned;
      },
      queues: new Queues(stack, join(state, "queues")),
      journalFile: join(state, "journal.jsonl"),
      log: () => {},
    });
    restarted.start();
    await restarted.drained();
    await restarted.stop();
    expect(invoked).toMatchObject([
      { name: "notify", event: { "detail-type": "Crossed", detail: { n: 1 } } },
    ]);
  });
});
