import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  Amount,
  dueAlerts,
  formatToken,
  hashSecret,
  instantFromEpochMs,
  parseInstant,
  periodAt,
  SECRET_BYTES,
} from "@ai-usage/core";
import { deliveriesOfAlert, putToken, raiseAlert, type StreamRecord } from "@ai-usage/store";
import { type AlertEvent, toAlertEvent } from "@ai-usage/wire";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aNewBudget } from "../support/budgets.ts";
import { functionEnvironment, newTable, type TestTable } from "../support/engine.ts";
import { type Answer, type Gateway, openGateway } from "../support/gateway.ts";
import { readStream, recordsOf } from "../support/stream.ts";

// The functions that would be deployed, one after the other along the way of an event. The table is real; the bus,
// the mail service and the secrets have no engine here, so what is sent to them is looked at instead.

const bus = mockClient(EventBridgeClient);
const ses = mockClient(SESClient);
const secrets = mockClient(SecretsManagerClient);
const admin = formatToken("admin", Buffer.alloc(SECRET_BYTES, 1));

let table: TestTable;
let gateway: Gateway;
let functions: {
  rollup: typeof import("../../lambdas/rollup/handler.ts")["handler"];
  watch: typeof import("../../lambdas/budget-watch/handler.ts")["handler"];
  notify: typeof import("../../lambdas/notify/handler.ts")["handler"];
  firstToken: typeof import("../../lambdas/first-token/handler.ts")["handler"];
};

beforeAll(async () => {
  table = await newTable();
  Object.assign(process.env, functionEnvironment(table), {
    EVENT_BUS_NAME: "alerts",
    ENABLE_EMAIL_ALERTS: "true",
    EMAIL_FROM_ADDRESS: "alerts@example.com",
    EMAIL_ALERT_RECIPIENTS: "a@example.com,b@example.com",
    NOTIFY_RETRY_BASE_MS: "1",
    ADMIN_TOKEN_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:000000000000:secret:admin",
  });
  gateway = await openGateway(table);
  functions = {
    rollup: (await import("../../lambdas/rollup/handler.ts")).handler,
    watch: (await import("../../lambdas/budget-watch/handler.ts")).handler,
    notify: (await import("../../lambdas/notify/handler.ts")).handler,
    firstToken: (await import("../../lambdas/first-token/handler.ts")).handler,
  };
  await putToken(table, {
    tokenId: "admin",
    name: "admin",
    roles: ["admin"],
    secretHash: hashSecret(Buffer.alloc(SECRET_BYTES, 1)),
    createdAt: instantFromEpochMs(0),
  });
});
afterAll(() => table.drop());
beforeEach(() => {
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: "1" });
});

const get = (path: string, token = admin) => gateway.request({ path, token });
const post = (path: string, body?: object, token = admin) =>
  gateway.request({ method: "POST", path, token, body: body && JSON.stringify(body) });
const ok = (answer: Answer, status = 200) => {
  expect(answer.body, JSON.stringify(answer.body)).toEqual(answer.body);
  expect(answer.status).toBe(status);
  return answer.body;
};

/** Lets both readers of the stream see all that is in it. */
async function settle(): Promise<StreamRecord[]> {
  await functions.rollup({ Records: recordsOf(await readStream(table), "USAGE#"), shardId: "shardId-1" });
  await functions.watch({ Records: recordsOf(await readStream(table), "TOTAL#", "BUDGET#") });
  const alerts = recordsOf(await readStream(table), "ALERT#");
  await functions.watch({ Records: alerts });
  return alerts;
}

describe("way of an event", () => {
  const timestamp = new Date().toISOString();
  const today = timestamp.slice(0, 10);

  it("goes from the request to the totals, to the alert, and to the mail", async () => {
    const budget = ok(await post("/budgets", { scope: "team:growth", amount: "10", period: "daily" }), 201);
    const metric = {
      service: "openai",
      model: "gpt-4o",
      operation: "chat",
      timestamp,
      team: "growth",
      user_id: "ann",
    };
    const metrics = [
      { ...metric, request_id: "r1", cost_usd: "8.000000000000000001", input_tokens: 100, output_tokens: 20 },
      {
        ...metric,
        request_id: "r2",
        model: "none-such",
        input_tokens: 5,
        output_tokens: 5,
        job_id: "nightly",
      },
    ];
    const recorded = ok(await post("/ai_usage", { metrics }));
    expect(recorded.summary).toMatchObject({ recorded: 2, cost_usd: "8.000000000000000001" });
    expect(recorded.results).toMatchObject([
      { pricing_status: "reported" },
      { pricing_status: "unpriced", cost_usd: null },
    ]);
    await settle();

    const usage = ok(
      await get(`/ai_usage?start_date=${today}&end_date=${today}&aggregation=model,user,hour`),
    );
    expect(usage).toMatchObject({
      summary: {
        total_cost_usd: 8,
        total_cost_usd_exact: "8.000000000000000001",
        total_api_calls: 2,
        total_tokens: 130,
        unpriced_calls: 1,
      },
      aggregations: {
        by_model: { "gpt-4o": { service: "openai", tokens: 120 }, "none-such": { unpriced_calls: 1 } },
        by_user: { ann: { cost_usd_exact: "8.000000000000000001" } },
        by_hour: { [timestamp.slice(11, 13)]: { api_calls: 2 } },
      },
    });

    expect(ok(await get(`/budgets/${budget.budget_id}/status`))).toMatchObject({
      spent: "8.000000000000000001",
      remaining: "1.999999999999999999",
      percent_used: "80",
      unpriced_calls: 1,
    });
    const { alerts } = ok(await get("/alerts"));
    expect(alerts).toMatchObject([
      { level: expect.any(String), budget_id: budget.budget_id, state: "open" },
      { level: expect.any(String), budget_id: budget.budget_id, state: "open" },
    ]);
    const events = bus.commandCalls(PutEventsCommand).flatMap((call) => call.args[0].input.Entries ?? []);
    expect(events.map(({ Source, DetailType }) => [Source, DetailType])).toEqual(
      Array(2).fill(["ai-usage", "Budget Threshold Crossed"]),
    );
    const mails = await mailsAfter(events);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.Destination?.ToAddresses).toEqual(["a@example.com", "b@example.com"]);
    expect(mails[0]?.Message?.Subject?.Data).toBe("[WARNING] Team growth has used 80 % of its daily budget");
  });

  it("leaves single metrics that can be listed page by page", async () => {
    const first = ok(await get(`/ai_usage/events?service=openai&date=${today}&limit=1`));
    const second = ok(
      await get(`/ai_usage/events?service=openai&date=${today}&limit=1&cursor=${first.next_cursor}`),
    );
    expect([first.events, second.events].flat()).toMatchObject([{ request_id: "r1" }, { request_id: "r2" }]);
    expect(second.next_cursor).toBeNull();
    expect(ok(await get("/ai_usage/events?job=nightly")).events).toMatchObject([
      { request_id: "r2", cost_usd: null },
    ]);
    expect(ok(await get(`/ai_usage/events?service=openai&date=${today}&user=bob`)).events).toEqual([]);
  });

  it("shows of a single metric how the call went, and counts nothing of that", async () => {
    const how = {
      latency_ms: 900,
      time_to_first_token_ms: 81,
      attempts: 3,
      usage_estimated: true,
      response_quality_score: 0.8125,
      prompt_hash: "0123456789abcdef".repeat(2),
    };
    const call = { service: "details", operation: "chat", timestamp, cost_usd: "0.5", input_tokens: 7 };
    const metrics = [
      { ...call, request_id: "d1", ...how },
      { ...call, request_id: "d2", latency_ms: 900 },
    ];
    ok(await post("/ai_usage", { metrics }));
    await settle();
    const { events } = ok(await get(`/ai_usage/events?service=details&date=${today}`));
    expect(events).toMatchObject([{ request_id: "d1", ...how }, { request_id: "d2" }]);
    for (const field of Object.keys(how).slice(1)) expect((events as object[])[1]).not.toHaveProperty(field);
    const totals = ok(await get("/ai_usage?service=details&aggregation=")).summary;
    expect(totals).toMatchObject({ total_cost_usd_exact: "1", total_api_calls: 2, total_tokens: 14 });
  });

  it("changes nothing when all of it comes again", async () => {
    await settle();
    expect(ok(await get("/alerts")).alerts).toHaveLength(2);
    expect(ok(await get("/ai_usage?aggregation=")).summary).toMatchObject({ total_api_calls: 4 });
  });

  it("ends for a budget that is deactivated", async () => {
    const { budget_id: id } = ok(
      await post("/budgets", { scope: "user:ann", amount: 1, period: "weekly" }),
      201,
    );
    expect(ok(await post(`/budgets/${id}/deactivate`))).toMatchObject({ budget_id: id, active: false });
    expect(ok(await get(`/budgets/${id}`))).toMatchObject({ active: false });
    await settle();
    expect(ok(await get("/alerts")).alerts).toHaveLength(2);
    expect(ok(await get("/budgets")).budgets).toHaveLength(2);
  });

  it("goes from a call without a price to an alert, to the mail, and to those who may see the model", async () => {
    const cells = recordsOf(await readStream(table), "CUBE#");
    await functions.watch({ Records: cells });
    await functions.watch({ Records: cells });
    const isNew = recordsOf(await readStream(table), "ALERT#unpriced.");
    expect(isNew).toHaveLength(1);
    await functions.watch({ Records: isNew });
    const events = bus.commandCalls(PutEventsCommand).flatMap((call) => call.args[0].input.Entries ?? []);
    expect(events.map(({ Source, DetailType }) => [Source, DetailType])).toEqual([
      ["ai-usage", "Unpriced Model Seen"],
    ]);
    const [mail, ...others] = await mailsAfter(events);
    expect(others).toEqual([]);
    expect(mail?.Message?.Subject?.Data).toBe("[WARNING] Calls of openai, model none-such, have no price");

    const seenBy = async (scope: string) => {
      const { token } = ok(await post("/tokens", { name: scope, roles: ["read"], scopes: [scope] }), 201);
      const { alerts } = ok(await get("/alerts", String(token)));
      return (alerts as unknown as { kind: string }[]).map(({ kind }) => kind);
    };
    expect(await seenBy("model:none-such")).toEqual(["unpriced_model"]);
    expect(await seenBy("team:growth")).toEqual(["budget_threshold", "budget_threshold"]);
    expect(await seenBy("service:openai")).toEqual([]);
    expect(ok(await get("/alerts?limit=1")).alerts).toMatchObject([
      {
        kind: "unpriced_model",
        model: "none-such",
        unpriced_calls: 1,
        deliveries: [{ channel_id: "email", kind: "email", state: "sent" }],
      },
    ]);
  });
});

/** The mails that go out when notify is told of what was published. */
async function mailsAfter(events: readonly PutEventsRequestEntry[]) {
  for (const { DetailType = "", Detail = "" } of events) {
    await functions.notify(aBusEvent({ detailType: DetailType, detail: JSON.parse(Detail) }), invocation);
  }
  return ses.commandCalls(SendEmailCommand).map((call) => call.args[0].input);
}

describe("token of the API", () => {
  it("is shown once, works, and works no more when it is revoked", async () => {
    const made = ok(await post("/tokens", { name: "ci", roles: ["read", "read"] }), 201);
    const token = String(made.token);
    ok(await get("/ai_usage", token));
    const listed = ok(await get("/tokens"));
    // What follows the id: the secret itself may hold the sign that they are joined by.
    const [, secret = ""] = token.split(`${made.token_id}_`);
    expect(secret.length).toBeGreaterThan(20);
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(JSON.stringify(listed)).not.toContain("hash");
    expect(listed.tokens).toContainEqual(
      expect.objectContaining({ token_id: made.token_id, roles: ["read"], state: "active" }),
    );
    const revoked = ok(
      await gateway.request({ method: "DELETE", path: `/tokens/${made.token_id}`, token: admin }),
    );
    expect(revoked).toMatchObject({ state: "revoked" });
    expect((await get("/ai_usage", token)).status).toBe(403);
  });

  it("is not asked for by the one route that says whether anybody is there", async () => {
    expect(ok(await gateway.request({ path: "/health" }))).toMatchObject({
      status: "ok",
      version: expect.stringMatching(/^\d/),
    });
  });
});

const aBusEvent = ({ detailType, detail }: AlertEvent): Parameters<typeof functions.notify>[0] => ({
  id: "1",
  version: "0",
  account: "000000000000",
  time: "",
  region: "us-east-1",
  resources: [],
  source: "ai-usage",
  "detail-type": detailType,
  detail,
});

async function anOpenAlert(budgetId: string) {
  const now = parseInstant("2026-11-21T12:00:00Z");
  const budget = aNewBudget({ budgetId, period: "monthly", amount: Amount.parse("100"), createdAt: now });
  const [told, untold] = dueAlerts({
    budget,
    period: periodAt(budget.period, now, budget.calendar),
    limit: budget.amount,
    spent: Amount.parse("81"),
    now,
  });
  if (!told || !untold) throw new Error("two thresholds are reached");
  await raiseAlert(table, told);
  await raiseAlert(table, untold);
  return {
    event: aBusEvent(toAlertEvent(told)),
    untold: aBusEvent(toAlertEvent(untold)),
    deliveries: () => deliveriesOfAlert(table, told.alertId),
  };
}

/** What the function knows of its own invocation. */
const invocation = { getRemainingTimeInMillis: () => 30_000 };

describe("notify", () => {
  const mails = () => ses.commandCalls(SendEmailCommand).length;

  it("sends one mail however often it is told", async () => {
    const { event, deliveries } = await anOpenAlert("bud_often");
    await Promise.all(Array.from({ length: 20 }, () => functions.notify(event, invocation)));
    await functions.notify(event, invocation);
    expect(mails()).toBe(1);
    expect(await deliveries()).toMatchObject([
      { channelId: "email", state: "sent", attempts: [{ outcome: "sent" }] },
    ]);
  });

  it("tries again when the mail fails, and says so on the alert", async () => {
    const { event, deliveries } = await anOpenAlert("bud_fails");
    ses.on(SendEmailCommand).rejectsOnce(new Error("no mail today")).resolves({ MessageId: "1" });
    await functions.notify(event, invocation);
    expect(await deliveries()).toMatchObject([
      { state: "sent", attempts: [{ outcome: "failed" }, { outcome: "sent" }] },
    ]);
    expect(mails()).toBe(2);
  });

  it("sends nothing about a threshold passed on the way to a higher one", async () => {
    const { untold } = await anOpenAlert("bud_jump");
    await functions.notify(untold, invocation);
    expect(mails()).toBe(0);
  });
});

describe("budget-watch", () => {
  it("fails when the bus does, so that the stream brings the alert again", async () => {
    await anOpenAlert("bud_bus");
    const alerts = recordsOf(await readStream(table), "ALERT#bud_bus").filter(
      ({ eventName }) => eventName === "INSERT",
    );
    bus
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure" }] })
      .resolves({ FailedEntryCount: 0 });
    await expect(functions.watch({ Records: alerts })).rejects.toThrow(/InternalFailure/);
    await functions.watch({ Records: alerts });
    expect(bus.commandCalls(PutEventsCommand)).toHaveLength(2);
  });
});

describe("rollup", () => {
  it("refuses events that do not name their shard, and answers the end of a window", async () => {
    await expect(functions.rollup({ Records: [], shardId: "" })).rejects.toThrow(/tumbling window/);
    expect(await functions.rollup({ Records: [], shardId: "shardId-1" })).toEqual({
      state: {},
      batchItemFailures: [],
    });
  });
});

describe("first token", () => {
  it("is made when the stack is, kept as a hash, put into the secret, and works", async () => {
    const answers: { Status: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        answers.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    secrets.on(PutSecretValueCommand).resolves({});
    const event = {
      ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ServiceToken: "arn",
      StackId: "stack",
      RequestId: "1",
      LogicalResourceId: "FirstToken",
      ResourceType: "Custom::FirstToken",
      ResourceProperties: { ServiceToken: "arn" },
    };
    const update = {
      PhysicalResourceId: "first-admin-token",
      OldResourceProperties: event.ResourceProperties,
    };
    await functions.firstToken({ ...event, RequestType: "Create" });
    await functions.firstToken({ ...event, ...update, RequestType: "Update" });
    server.close();
    expect(answers.map(({ Status }) => Status)).toEqual(["SUCCESS", "SUCCESS"]);
    const written = secrets
      .commandCalls(PutSecretValueCommand)
      .map((call) => call.args[0].input.SecretString ?? "");
    expect(written).toHaveLength(1);
    ok(await get("/tokens", JSON.parse(written[0] ?? "").token));
  });
});
