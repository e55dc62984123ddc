import {
  type Alert,
  Amount,
  type Caller,
  type Delivery,
  dueAlerts,
  type Instant,
  parseInstant,
  parseScope,
  periodAt,
  plusMs,
  unpricedModelAlert,
  utcDateOf,
} from "@ai-usage/core";
import {
  acknowledgeAlert,
  findAlert,
  listAlerts,
  newAlertsOf,
  planDelivery,
  raiseAlert,
  resolveAlert,
  snoozeAlert,
  type Table,
} from "@ai-usage/store";
import { ProblemError } from "@ai-usage/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertRoutes } from "../../lambdas/api/routes/alerts.ts";
import { toAuthorizerContext } from "../../lambdas/caller.ts";
import { aNewBudget, plain } from "../support/budgets.ts";
import { newTable, type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const now = parseInstant("2026-11-21T12:00:00Z");
const minutesOn = (minutes: number): Instant => plusMs(now, minutes * 60_000);
const by = (who: string, at = now) => ({ at, by: who });

/** Of a daily budget that is spent: EXCEEDED, CRITICAL, WARNING and INFO. */
function someAlerts(given: Parameters<typeof aNewBudget>[0] = {}, at = now): Alert[] {
  const budget = aNewBudget({ amount: Amount.parse("100"), ...given });
  const period = periodAt(budget.period, at, budget.calendar);
  return dueAlerts({ budget, period, limit: budget.amount, spent: budget.amount, now: at });
}

function anAlert(given: Parameters<typeof aNewBudget>[0] = {}): Alert {
  const [alert] = someAlerts(given);
  if (!alert) throw new Error("all of the budget is spent");
  return alert;
}

const aDelivery = (alert: Alert): Delivery => ({
  alertId: alert.alertId,
  channelId: "chn_1",
  channelName: "On call",
  channelKind: "webhook",
  reason: "raised",
  state: "waiting",
  dueAt: now,
  at: now,
  attempts: [],
  tries: 0,
  revision: 1,
});

const openIds = async (table: Table) =>
  (await listAlerts(table, { limit: 100 }, { selection: { states: ["open", "acknowledged"] } })).items.map(
    ({ alertId }) => alertId,
  );

describe("alert", () => {
  it("is raised once, by however many at once", async () => {
    await withTable(async (table) => {
      const alert = anAlert();
      const raised = await Promise.all(Array.from({ length: 100 }, () => raiseAlert(table, alert)));
      expect(raised.filter(Boolean)).toHaveLength(1);
      const events = recordsOf(await readStream(table), "ALERT#").map(({ eventName }) => eventName);
      expect(events).toEqual(["INSERT"]);
      expect(plain((await listAlerts(table, { limit: 10 })).items)).toEqual([plain(alert)]);
      expect(plain(await findAlert(table, alert.alertId))).toEqual(plain(alert));
      expect(await findAlert(table, "none")).toBeUndefined();
    });
  });

  it("is news when it is raised, and not when people act on it or are told of it", async () => {
    await withTable(async (table) => {
      const alert = anAlert();
      await raiseAlert(table, alert);
      await planDelivery(table, aDelivery(alert));
      await acknowledgeAlert(table, { alertId: alert.alertId, remark: by("ann") });
      const records = await readStream(table);
      expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "INSERT", "MODIFY"]);
      expect(plain(newAlertsOf(records))).toEqual([plain(alert)]);
    });
  });
});

describe("life of an alert", () => {
  const lived = (test: (table: TestTable, alertId: string) => Promise<void>) =>
    withTable(async (table) => {
      const alert = anAlert();
      await raiseAlert(table, alert);
      await test(table, alert.alertId);
    });

  it("goes from open to acknowledged by the first who says so, of any number at once", async () => {
    await lived(async (table, alertId) => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          acknowledgeAlert(table, { alertId, remark: by(`token_${index}`) }),
        ),
      );
      expect(outcomes.filter(({ outcome }) => outcome === "changed")).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === "unchanged")).toHaveLength(19);
      const first = outcomes.find(({ outcome }) => outcome === "changed");
      const found = await findAlert(table, alertId);
      expect(found).toMatchObject({ state: "acknowledged" });
      expect(first && "alert" in first && plain(first.alert)).toEqual(plain(found));
      for (const one of outcomes) expect("alert" in one && plain(one.alert)).toEqual(plain(found));
    });
  });

  it("ends when it is resolved, and then nothing can be done about it", async () => {
    await lived(async (table, alertId) => {
      await acknowledgeAlert(table, { alertId, remark: { ...by("ann"), note: "on it" } });
      expect(await openIds(table)).toEqual([alertId]);
      expect(await resolveAlert(table, { alertId, remark: by("ann") })).toMatchObject({ outcome: "changed" });
      expect(await resolveAlert(table, { alertId, remark: by("bob") })).toMatchObject({
        outcome: "unchanged",
        alert: { resolved: { by: "ann" }, acknowledged: { by: "ann", note: "on it" } },
      });
      expect(await openIds(table)).toEqual([]);
      expect(await acknowledgeAlert(table, { alertId, remark: by("bob") })).toMatchObject({
        outcome: "resolved",
      });
      expect(await snoozeAlert(table, { alertId, until: minutesOn(5), remark: by("bob") })).toMatchObject({
        outcome: "resolved",
        alert: { state: "resolved" },
      });
    });
  });

  it("may be snoozed, again and for another time, and wakes up when it is resolved", async () => {
    await lived(async (table, alertId) => {
      const snooze = (until: Instant) => snoozeAlert(table, { alertId, until, remark: by("ann") });
      expect(await snooze(minutesOn(10))).toMatchObject({
        outcome: "changed",
        alert: { state: "open", snoozedUntil: minutesOn(10), snoozed: { by: "ann" } },
      });
      expect(await snooze(minutesOn(10))).toMatchObject({ outcome: "unchanged" });
      expect(await snooze(minutesOn(20))).toMatchObject({ outcome: "changed" });
      expect(await acknowledgeAlert(table, { alertId, remark: by("bob") })).toMatchObject({
        alert: { snoozedUntil: minutesOn(20) },
      });
      await resolveAlert(table, { alertId, remark: by("bob") });
      expect(await findAlert(table, alertId)).not.toHaveProperty("snoozedUntil");
    });
  });

  it("is of an alert that there is", async () => {
    await withTable(async (table) => {
      const act = { alertId: "none", remark: by("ann") };
      expect(await acknowledgeAlert(table, act)).toEqual({ outcome: "unknown" });
      expect(await resolveAlert(table, act)).toEqual({ outcome: "unknown" });
      expect(await snoozeAlert(table, { ...act, until: minutesOn(1) })).toEqual({ outcome: "unknown" });
      expect(await itemsOf(table, "ALERT#")).toEqual([]);
    });
  });
});

describe("alerts over HTTP", () => {
  let table: TestTable;
  let routes: ReturnType<typeof alertRoutes>;
  const growth = someAlerts();
  const support = someAlerts({ scope: parseScope("team:support") }, minutesOn(1));
  const unpriced = unpricedModelAlert({
    subject: { service: "orbit labs", model: "orbit/1 preview", operation: "chat" },
    callDate: utcDateOf(now),
    unpricedCalls: 3,
    firstDate: utcDateOf(now),
    now: minutesOn(2),
  });

  beforeAll(async () => {
    table = await newTable();
    routes = alertRoutes({ table, clock: () => minutesOn(3) });
    routes.onError((error, context) => {
      if (!(error instanceof ProblemError)) throw error;
      return context.json(error.problem, error.problem.status as 400);
    });
    for (const alert of [...growth, ...support, unpriced]) await raiseAlert(table, alert);
  });
  afterAll(() => table.drop());

  const admin: Caller = { tokenId: "token_admin", roles: ["admin"] };
  async function ask(path: string, caller: Caller = admin, body?: object, method = "GET") {
    const lambda = toAuthorizerContext(caller);
    const event = { requestContext: { authorizer: { lambda } } };
    const init = {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = await routes.request(path, init, { event });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const act = (alertId: string | undefined, what: string, body?: object, caller?: Caller) =>
    ask(`/${alertId}/${what}`, caller, body, "POST");
  async function listed(query: string, caller?: Caller): Promise<string[]> {
    const { status, body } = await ask(`/${query}`, caller);
    expect(status, JSON.stringify(body)).toBe(200);
    return (body.alerts as { alert_id: string }[]).map(({ alert_id: id }) => id);
  }
  const idsOf = (alerts: readonly Alert[]) => alerts.map(({ alertId }) => alertId).sort();

  it("are listed, the newest first, page by page", async () => {
    const all = await listed("");
    expect(all).toHaveLength(9);
    expect(all[0]).toBe(unpriced.alertId);
    expect(all.slice(1, 5).sort()).toEqual(idsOf(support));
    const paged: string[] = [];
    for (let cursor: unknown = ""; cursor !== null; ) {
      const { body } = await ask(`/?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      paged.push(...(body.alerts as { alert_id: string }[]).map(({ alert_id: id }) => id));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it("are chosen by level, kind, scope and budget", async () => {
    expect(await listed("?level=EXCEEDED")).toHaveLength(2);
    expect(await listed("?kind=unpriced_model,cost_spike")).toEqual([unpriced.alertId]);
    expect((await listed("?scope=team:growth")).sort()).toEqual(idsOf(growth));
    const [alert] = support;
    expect(alert && "budgetId" in alert && (await listed(`?budget_id=${alert.budgetId}`)).sort()).toEqual(
      idsOf(support),
    );
    expect(await listed("?level=CRITICAL&scope=team:support")).toHaveLength(2);
    expect((await ask("/?state=asleep")).status).toBe(400);
  });

  it("are found page by page where few of them are meant", async () => {
    const first = await ask("/?scope=team:growth&limit=3");
    const second = await ask(`/?scope=team:growth&limit=3&cursor=${first.body.next_cursor}`);
    expect([first.body.alerts, second.body.alerts].flat()).toHaveLength(4);
    expect(second.body.next_cursor).toBeNull();
  });

  it("are shown to tokens of their scope alone, one by one, in the list, and to act on", async () => {
    const team: Caller = { tokenId: "token_team", roles: ["admin"], scopes: [parseScope("team:growth")] };
    expect((await listed("", team)).sort()).toEqual(idsOf(growth));
    expect((await ask(`/${unpriced.alertId}`, team)).status).toBe(404);
    expect((await act(unpriced.alertId, "resolve", {}, team)).status).toBe(404);
    expect((await ask(`/${growth[0]?.alertId}`, team)).status).toBe(200);
    const reader: Caller = { tokenId: "token_reader", roles: ["read"] };
    expect((await ask(`/${unpriced.alertId}`, reader)).status).toBe(200);
    expect((await act(unpriced.alertId, "resolve", {}, reader)).status).toBe(403);
  });

  it("are acted on with one answer for the same act, and the deliveries beside them", async () => {
    const alert = growth[0];
    if (!alert) throw new Error("there are four");
    await planDelivery(table, { ...aDelivery(alert), state: "sent" });
    const acknowledged = await act(alert.alertId, "acknowledge", { note: "Ann is on it" });
    expect(acknowledged).toMatchObject({
      status: 200,
      body: {
        state: "acknowledged",
        acknowledged: { at: minutesOn(3), by: "token_admin", note: "Ann is on it" },
        deliveries: [{ channel_id: "chn_1", channel: "On call", state: "sent", attempts: [] }],
      },
    });
    expect(await act(alert.alertId, "acknowledge", { note: "so is Bob" })).toEqual(acknowledged);
    expect(await ask(`/${alert.alertId}`)).toEqual(acknowledged);
    expect(await listed("?state=acknowledged")).toEqual([alert.alertId]);

    const snoozed = await act(alert.alertId, "snooze", { minutes: 30 });
    expect(snoozed).toMatchObject({ status: 200, body: { snoozed_until: minutesOn(33) } });
    expect((await act(alert.alertId, "snooze", {})).status).toBe(400);

    const resolved = await act(alert.alertId, "resolve");
    expect(resolved).toMatchObject({
      status: 200,
      body: { state: "resolved", resolved: { by: "token_admin" } },
    });
    expect(await act(alert.alertId, "resolve", { note: "again" })).toEqual(resolved);
    expect((await act(alert.alertId, "acknowledge")).status).toBe(409);
    expect((await act(alert.alertId, "snooze", { minutes: 5 })).status).toBe(409);
    expect(await listed("?state=resolved")).toEqual([alert.alertId]);
    expect(await listed("?state=open,acknowledged")).toHaveLength(8);
    expect(await listed("?state=open,resolved")).toHaveLength(9);
  });

  it("have ids that are found in a path, and others are nobody's", async () => {
    expect((await ask(`/${unpriced.alertId}`)).body).toMatchObject({
      model: "orbit/1 preview",
      deliveries: [],
    });
    for (const id of ["none", "%00", "a%2Fb", "x".repeat(800)])
      expect((await ask(`/${id}`)).status, id).toBe(404);
    expect((await act("none", "acknowledge")).status).toBe(404);
  });
});
