import { formatToken, hashSecret, instantFromEpochMs, SECRET_BYTES } from "@ai-usage/core";
import { deliveriesOfAlert, putToken, raiseAlert } from "@ai-usage/store";
import { toAlertEvent } from "@ai-usage/wire";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anAlert } from "../../packages/core/src/delivery-fixtures.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Answer, type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";
import { openReceiver, type Receiver } from "../support/receiver.ts";

// The functions that would be deployed, on a real table and a real listener. Secrets Manager has no engine here: a map
// stands in for it. Lambda's place is taken by the function that it would invoke.

const secrets = mockClient(SecretsManagerClient);
const lambda = mockClient(LambdaClient);
const ses = mockClient(SESClient);
const kept = new Map<string, string>();
const topicArn = "arn:aws:sns:us-east-1:000000000000:alerts";
const context = { getRemainingTimeInMillis: () => 30_000 };
const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

let table: TestTable;
let receiver: Receiver;
let gateway: Gateway;
let notify: typeof import("../../lambdas/notify/handler.ts")["handler"];
const tokens: Record<"admin" | "reader" | "limited", string> = { admin: "", reader: "", limited: "" };

beforeAll(async () => {
  [table, receiver] = [await newTable(), await openReceiver()];
  Object.assign(process.env, {
    ENABLE_EMAIL_ALERTS: "true",
    EMAIL_FROM_ADDRESS: "alerts@example.com",
    EMAIL_ALERT_RECIPIENTS: "finance@example.com",
    CHANNEL_TOPIC_ARNS: topicArn,
    CHANNEL_ALLOWED_TARGETS: receiver.origin,
    NOTIFY_RETRY_BASE_MS: "1",
  });
  gateway = await openGateway(table);
  notify = (await import("../../lambdas/notify/handler.ts")).handler;
  for (const [index, name] of (["admin", "reader", "limited"] as const).entries()) {
    const secret = Buffer.alloc(SECRET_BYTES, index + 1);
    tokens[name] = formatToken(name, secret);
    await putToken(table, {
      tokenId: name,
      name,
      roles: name === "reader" ? ["read"] : ["admin"],
      ...(name === "limited" && { scopes: [anAlert().scope] }),
      secretHash: hashSecret(secret),
      createdAt: instantFromEpochMs(0),
    });
  }
});
afterAll(async () => {
  await receiver.close();
  await table.drop();
});

beforeEach(() => {
  receiver.received.length = 0;
  secrets.reset();
  secrets.on(CreateSecretCommand).callsFake(({ Name, SecretString }) => {
    if (kept.has(Name)) throw new ResourceExistsException({ message: "exists", $metadata: {} });
    kept.set(Name, SecretString);
  });
  const existing = (id: string) => {
    if (!kept.has(id)) throw new ResourceNotFoundException({ message: "none", $metadata: {} });
    return kept.get(id);
  };
  secrets.on(PutSecretValueCommand).callsFake(({ SecretId, SecretString }) => {
    existing(SecretId);
    kept.set(SecretId, SecretString);
  });
  secrets.on(GetSecretValueCommand).callsFake(({ SecretId }) => ({ SecretString: existing(SecretId) }));
  secrets.on(DeleteSecretCommand).callsFake(({ SecretId }) => {
    existing(SecretId);
    kept.delete(SecretId);
  });
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: "1" });
  lambda.reset();
  lambda.on(InvokeCommand).callsFake(async ({ Payload }) => {
    const answer = await notify(JSON.parse(Payload), context);
    return { Payload: answer && Buffer.from(JSON.stringify(answer)) };
  });
});

const request = (method: string, path: string, body?: object, token = tokens.admin) =>
  gateway.request({ method, path, token, ...(body && { body: JSON.stringify(body) }) });
const ok = ({ status, body }: Answer, expected = 200) => {
  expect(status, JSON.stringify(body)).toBe(expected);
  return body;
};
const create = async (body: object) => ok(await request("POST", "/channels", body), 201);
const aWebhook = (given: object = {}) => ({
  name: "operations",
  kind: "webhook",
  url: `${receiver.origin}/hook`,
  ...given,
});
const problem = ({ status, body }: Answer) => `${status} ${body.detail}`;

describe("channel", () => {
  it("is made with defaults, found, changed, and deleted with its secret", async () => {
    const made = await create(aWebhook());
    expect(made).toEqual({
      channel_id: expect.stringMatching(/^chn_\w{16}$/),
      name: "operations",
      kind: "webhook",
      url: `${receiver.origin}/hook`,
      has_secret: true,
      secret: expect.stringMatching(/^whsec_[\w-]{43}$/),
      min_level: "INFO",
      standby: false,
      cooldown_minutes: 0,
      active: true,
      built_in: false,
      created_at: expect.any(String),
      created_by: "admin",
      updated_at: expect.any(String),
    });
    const { secret, ...shown } = made;
    const path = `/channels/${made.channel_id}`;
    expect(ok(await request("GET", path))).toEqual(shown);
    expect(kept.get(`test/channels/${made.channel_id}`)).toBe(secret);

    const rules = {
      min_level: "WARNING",
      alert_kinds: ["cost_spike"],
      scopes: ["team:*", "user:ann"],
      quiet_hours: {
        from: "22:00",
        to: "07:00",
        time_zone: "Europe/Berlin",
        days: ["friday"],
        unless_level: "CRITICAL",
      },
      digest: { every: "daily", at: "09:00", time_zone: "UTC", up_to_level: "INFO" },
      cooldown_minutes: 5,
      rate_limit: { messages: 3, per_minutes: 10 },
      escalation: { channel_id: "email", after_minutes: 15 },
    };
    expect(ok(await request("PATCH", path, rules))).toMatchObject(rules);
    expect(ok(await request("GET", path))).toMatchObject(rules);
    const ended = ok(await request("PATCH", path, { quiet_hours: null, scopes: null, name: "ops" }));
    expect(ended).toMatchObject({ name: "ops", digest: rules.digest, escalation: rules.escalation });
    expect(ended).not.toHaveProperty("quiet_hours");
    expect(ended).not.toHaveProperty("scopes");

    const deleted = { active: false, has_secret: false };
    expect(ok(await request("DELETE", path))).toMatchObject(deleted);
    expect(ok(await request("DELETE", path))).toMatchObject(deleted);
    expect(kept.has(`test/channels/${made.channel_id}`)).toBe(false);
    expect(problem(await request("PATCH", path, { name: "x" }))).toMatch(/^409 this channel was deleted/);
    expect(problem(await request("POST", `${path}/test`))).toMatch(/^409 this channel was deleted/);
    const { channels } = ok(await request("GET", "/channels"));
    expect(JSON.stringify(channels)).not.toContain(made.channel_id);
  });

  it("is changed by all of those who change something of it at once", async () => {
    const { channel_id: id } = await create(aWebhook());
    const changes = [{ name: "a" }, { cooldown_minutes: 3 }, { min_level: "WARNING" }, { standby: true }];
    for (const answer of await Promise.all(
      changes.map((change) => request("PATCH", `/channels/${id}`, change)),
    ))
      ok(answer);
    expect(ok(await request("GET", `/channels/${id}`))).toMatchObject(Object.assign({}, ...changes));
  });

  it("of mail that the settings make is listed first, and left alone", async () => {
    const { channels } = ok(await request("GET", "/channels"));
    expect((channels as unknown[])[0]).toMatchObject({
      channel_id: "email",
      kind: "email",
      to: ["finance@example.com"],
      built_in: true,
      active: true,
    });
    expect(problem(await request("DELETE", "/channels/email"))).toMatch(/^409 .* change its settings/);
    expect(problem(await request("PATCH", "/channels/email", { name: "x" }))).toMatch(/^409/);
    ok(await request("GET", "/channels/email"));
  });

  it("keeps its secret out of the table and of every answer, also a new one", async () => {
    const key = { name: "on call", kind: "pagerduty", secret: ROUTING_KEY };
    const made = await create(key);
    expect(made).toMatchObject({ has_secret: true });
    const newKey = ROUTING_KEY.split("").reverse().join("");
    const changed = ok(await request("PATCH", `/channels/${made.channel_id}`, { secret: newKey }));
    expect(kept.get(`test/channels/${made.channel_id}`)).toBe(newKey);
    const seen = JSON.stringify([
      made,
      changed,
      await itemsOf(table, "CHANNELS"),
      await request("GET", "/channels"),
    ]);
    expect(seen).not.toContain(ROUTING_KEY);
    expect(seen).not.toContain(newKey);
  });

  it.each<[string, object, string]>([
    ["a plain address", { url: "http://hooks.example.com/x" }, "400 url must begin with https://"],
    ["an address of this machine", { url: "https://127.0.0.1/x" }, "400 url must be a public address"],
    ["no address", { url: undefined }, "400 url must be given"],
    [
      "what another kind has",
      { to: ["a@example.com"] },
      "400 to is not what a channel of the kind webhook has",
    ],
    ["a short signing secret", { secret: "short" }, "400 secret must have 16 to 256"],
    ["an unknown field", { colour: "red" }, "400 colour is not a field"],
    ["no name", { name: "" }, "400 name must not be empty"],
    ["a scope that is none", { scopes: ["growth"] }, "400 scopes[0] must be a scope"],
    [
      "a time that is none",
      { quiet_hours: { from: "24:00", to: "07:00" } },
      "400 quiet_hours.from must be a time",
    ],
    [
      "a zone that is none",
      { digest: { every: "daily", time_zone: "Berlin" } },
      "400 digest.time_zone must be",
    ],
    [
      "a limit of nothing",
      { rate_limit: { messages: 0, per_minutes: 1 } },
      "400 rate_limit.messages must be",
    ],
    [
      "an escalation to nobody",
      { escalation: { channel_id: "chn_none", after_minutes: 5 } },
      "400 escalation.channel_id is no channel",
    ],
  ])("with %s is refused", async (_, given, refusal) => {
    expect(problem(await request("POST", "/channels", aWebhook(given)))).toContain(refusal);
  });

  it.each<[object, string]>([
    [{ kind: "slack", secret: "https://example.com/x" }, "400 secret must be at hooks.slack.com"],
    [{ kind: "slack" }, "400 secret must be the address of the incoming webhook"],
    [{ kind: "teams", secret: "https://10.0.0.1/x" }, "400 secret must be a public address"],
    [{ kind: "pagerduty", secret: "key" }, "400 secret must be the integration key"],
    [{ kind: "sns", topic_arn: `${topicArn}2` }, "400 topic_arn must be listed in channelTargets.topicArns"],
    [
      { kind: "function", function_arn: "arn:aws:lambda:us-east-1:000000000000:function:f" },
      "400 function_arn must be listed",
    ],
    [{ kind: "email", to: ["nobody"] }, "400 to[0] must be an e-mail address"],
    [{ kind: "fax" }, "400 kind must be one of"],
  ])("%o is refused", async (given, refusal) => {
    expect(problem(await request("POST", "/channels", { name: "one", ...given }))).toContain(refusal);
  });

  it("may be of every kind, and does not escalate to itself", async () => {
    await create({ name: "mail", kind: "email", to: ["ops@example.com"] });
    await create({ name: "topic", kind: "sns", topic_arn: topicArn });
    await create({ name: "slack", kind: "slack", secret: "https://hooks.slack.com/services/T0/B0/x" });
    const teams = { name: "teams", kind: "teams", secret: "https://example.com/webhook" };
    const { channel_id: id } = await create(teams);
    const escalation = { channel_id: id, after_minutes: 5 };
    expect(problem(await request("PATCH", `/channels/${id}`, { escalation }))).toContain("another channel");
    expect(problem(await request("PATCH", `/channels/${id}`, { kind: "slack" }))).toContain("400 kind");
  });

  it("is the matter of administrators without scopes", async () => {
    for (const token of [tokens.reader, tokens.limited])
      for (const [method, path] of [
        ["POST", "/channels"],
        ["GET", "/channels"],
        ["GET", "/channels/email"],
        ["POST", "/channels/email/test"],
        ["DELETE", "/channels/email"],
      ] as const)
        expect((await request(method, path, undefined, token)).status).toBe(403);
    expect((await request("GET", "/channels/chn_none")).status).toBe(404);
    expect((await request("DELETE", "/channels/a%23b")).status).toBe(404);
  });
});

describe("test of a channel", () => {
  it("sends a message that says so, and reports what came of it", async () => {
    const { channel_id: id } = await create(aWebhook());
    expect(ok(await request("POST", `/channels/${id}/test`))).toEqual({
      outcome: "sent",
      status: 200,
      ms: expect.any(Number),
    });
    receiver.answers.push(500);
    expect(ok(await request("POST", `/channels/${id}/test`))).toMatchObject({
      outcome: "failed",
      status: 500,
      error: "answered with status 500",
    });
    const [first, second] = receiver.received.map(({ body }) => body.delivery);
    expect(first).toMatchObject({ test: true, attempt: 1 });
    expect(first?.id).not.toBe(second?.id);
    expect(await itemsOf(table, "ALERT#test")).toEqual([]);
    ok(await request("DELETE", `/channels/${id}`));
  });
});

describe("delivery that was given up", () => {
  const raise = async (alertId: string) => {
    const alert = anAlert({ alertId });
    await raiseAlert(table, alert);
    const { detailType, detail } = toAlertEvent(alert);
    await notify(
      {
        ...{ id: "1", version: "0", account: "", time: "", region: "", resources: [], source: "ai-usage" },
        "detail-type": detailType,
        detail,
      },
      context,
    );
    return alert;
  };

  it("is listed, and sent anew by hand: one, or all of a channel", async () => {
    const { channel_id: id } = await create(aWebhook({ scopes: ["team:growth"] }));
    const { channels } = ok(await request("GET", "/channels"));
    for (const { channel_id: other } of channels as { channel_id: string }[])
      if (other !== id && other !== "email") ok(await request("DELETE", `/channels/${other}`));
    // Notify sees the new channel at once: a sweep reads them anew.
    await notify({ sweep: true }, context);
    receiver.answers.push(410, 410, 410);
    for (const name of ["one", "two", "three"]) await raise(`bud_${name}.2026-11.80.r1`);
    const failed = async () =>
      (ok(await request("GET", "/deliveries?state=failed&limit=10")).deliveries as Record<string, unknown>[])
        .filter(({ channel_id: channel }) => channel === id)
        .map(({ alert_id: alertId, state, attempts }) => [alertId, state, (attempts as unknown[]).length]);
    expect(await failed()).toEqual([
      ["bud_three.2026-11.80.r1", "failed", 1],
      ["bud_two.2026-11.80.r1", "failed", 1],
      ["bud_one.2026-11.80.r1", "failed", 1],
    ]);

    const path = `/alerts/bud_one.2026-11.80.r1/deliveries/${id}/redrive`;
    expect(ok(await request("POST", path, undefined, tokens.limited))).toMatchObject({
      alert_id: "bud_one.2026-11.80.r1",
      deliveries: expect.arrayContaining([
        expect.objectContaining({
          channel_id: id,
          state: "sent",
          attempts: [{}, {}].map(() => expect.anything()),
        }),
      ]),
    });
    expect(problem(await request("POST", path))).toMatch(/^409 nothing was given up/);
    expect(await failed()).toHaveLength(2);

    expect(ok(await request("POST", "/deliveries/redrive", { channel_id: "chn_other" }))).toEqual({
      redriven: 0,
    });
    expect(ok(await request("POST", "/deliveries/redrive", { channel_id: id }))).toEqual({ redriven: 2 });
    expect(await failed()).toEqual([]);
    const [delivery] = (await deliveriesOfAlert(table, "bud_two.2026-11.80.r1")).filter(
      ({ channelId }) => channelId === id,
    );
    expect(delivery).toMatchObject({ state: "sent", tries: 1, attempts: [{ status: 410 }, { status: 200 }] });
    expect(receiver.received).toHaveLength(6);
  });

  it("is shown and sent anew to nobody who may not", async () => {
    expect((await request("GET", "/deliveries", undefined, tokens.limited)).status).toBe(403);
    expect((await request("POST", "/deliveries/redrive", undefined, tokens.reader)).status).toBe(403);
    expect((await request("GET", "/deliveries?state=sent")).status).toBe(400);
    const redrive = (alertId: string, channelId: string) =>
      request("POST", `/alerts/${alertId}/deliveries/${channelId}/redrive`);
    expect((await redrive("bud_none.2026-11.80.r1", "email")).status).toBe(404);
    expect((await redrive("bud_one.2026-11.80.r1", "chn_none")).status).toBe(404);
  });
});
