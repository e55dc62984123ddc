import {
  type Alert,
  Amount,
  dueAlerts,
  newBudget,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodAt,
  recoveredAlerts,
  spikeAlert,
  UTC_CALENDAR,
  unpricedModelAlert,
  utcHourOf,
} from "@ai-usage/core";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { endOf, fromAlertItem, toAlertItem } from "./alert-item.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const usd = (text: string) => Amount.parse(text);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

function budgetAlerts(): Alert[] {
  const made = newBudget(
    {
      kind: "create",
      budgetId: "bud_1",
      terms: {
        name: "growth",
        scope: parseScope("team:growth"),
        unit: "usd",
        amount: usd("100"),
        period: "monthly",
        calendar: UTC_CALENDAR,
        thresholds: [
          { at: { percent: "50" }, on: "actual", level: "INFO" },
          { at: { amount: usd("55.5") }, on: "actual", level: "CRITICAL" },
          { at: { percent: "100" }, on: "forecast", level: "WARNING" },
        ],
        enforcement: "soft",
        failMode: "open",
        spike: { times: "3", atLeast: usd("1") },
        contact: "finance@example.com",
        metadata: {},
      },
    },
    { at: now, by: "token_1" },
  );
  if (made.outcome === "invalid") throw new Error(made.problem);
  const { budget } = made;
  const reading = {
    budget,
    period: periodAt("monthly", now, UTC_CALENDAR),
    limit: usd("100"),
    spent: usd("55.500000000000000001"),
    projection: { spent: usd("120"), perHour: usd("1"), exhaustedAt: parseInstant("2026-11-25T00:00:00Z") },
    now,
  };
  const due = dueAlerts(reading);
  const hour = { hour: utcHourOf(now), actual: usd("30"), usual: usd("2.5"), comparedHours: 168 };
  const spike = spikeAlert(reading, hour);
  if (!spike) throw new Error("it costs twelve times as much");
  const { projection: _, ...without } = reading;
  return [...due, ...recoveredAlerts(due, { ...without, spent: usd("0") }), spike];
}

const anUnpricedModelAlert = (model?: string): Alert =>
  unpricedModelAlert({
    subject: { service: "openai", ...(model !== undefined && { model }), operation: "chat" },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now,
  });

const alerts = [...budgetAlerts(), anUnpricedModelAlert("gpt-9"), anUnpricedModelAlert()];

describe("item of an alert", () => {
  it.each(alerts.map((alert) => [alert.alertId, alert] as const))("%s is read back as it was", (_, alert) => {
    const read = fromAlertItem(stored(toAlertItem(alert)));
    expect(plain(read)).toEqual(plain(alert));
  });

  it("keeps what people made of it", () => {
    const by = { at: now, by: "token_1" };
    const alert: Alert = {
      ...anUnpricedModelAlert(),
      state: "acknowledged",
      acknowledged: { ...by, note: "Ann is on it" },
      snoozed: by,
      snoozedUntil: parseInstant("2026-11-23T08:00:00Z"),
    };
    expect(plain(fromAlertItem(stored(toAlertItem(alert))))).toEqual(plain(alert));
  });

  it("is among those that are not resolved until it is", () => {
    const alert = anUnpricedModelAlert();
    expect(toAlertItem(alert)).toMatchObject({ GSI1PK: "OPEN_ALERTS", GSI1SK: `${now}#${alert.alertId}` });
    expect(toAlertItem({ ...alert, state: "acknowledged" })).toHaveProperty("GSI1PK");
    expect(toAlertItem({ ...alert, state: "resolved" })).not.toHaveProperty("GSI1PK");
  });

  it("says how the alert ended, once it has", () => {
    const item = toAlertItem(anUnpricedModelAlert());
    expect(endOf(item)).toBeUndefined();
    expect(endOf({ ...item, ended: "recovered" })).toBe("recovered");
    expect(() => endOf({ ...item, ended: "faded" })).toThrow(InvalidItemError);
  });

  it("of a kind that nobody knows is refused, and one that lacks what its kind has", () => {
    const { first_date: _, ...item } = toAlertItem(anUnpricedModelAlert());
    expect(() => fromAlertItem(stored({ ...item, kind: "sunrise" }))).toThrow(InvalidItemError);
    expect(() => fromAlertItem(stored(item))).toThrow(/first_date is not a string/);
    expect(() => fromAlertItem(stored({ ...item, first_date: "yesterday" }))).toThrow(
      /first_date is not a date/,
    );
    const spike = alerts.find(({ kind }) => kind === "cost_spike");
    expect(() => fromAlertItem(stored({ ...(spike && toAlertItem(spike)), hour: "noon" }))).toThrow(
      /hour is not an hour/,
    );
  });
});
