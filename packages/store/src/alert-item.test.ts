import {
  type Alert,
  dueAlerts,
  Money,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodAt,
  unpricedModelAlert,
} from "@ai-usage/core";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { fromAlertItem, toAlertItem } from "./alert-item.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

function aThresholdAlert(): Alert {
  const [alert] = dueAlerts({
    budget: {
      budgetId: "bud_1",
      name: "growth",
      scope: parseScope("team:growth"),
      amount: Money.parse("100"),
      period: "monthly",
      timeZone: "UTC",
      thresholds: [{ percent: "50", level: "INFO" }],
      active: true,
      revision: 1,
      createdAt: now,
    },
    period: periodAt("monthly", now, "UTC"),
    spent: Money.parse("55.000000000000000001"),
    now,
  });
  if (!alert) throw new Error("half of the budget is spent");
  return alert;
}

const anUnpricedModelAlert = (model?: string): Alert =>
  unpricedModelAlert({
    subject: { service: "openai", model, operation: "chat" },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now,
  });

describe("item of an alert", () => {
  it.each([
    ["a crossed threshold", aThresholdAlert()],
    ["a model without a price", anUnpricedModelAlert("gpt-9")],
    ["an operation without a price", anUnpricedModelAlert()],
  ])("of %s is read back as it was", (_, alert) => {
    expect(plain(fromAlertItem(stored(toAlertItem(alert))))).toEqual({ alert: plain(alert), deliveries: [] });
  });

  it("without a kind is of a threshold, as all were once", () => {
    const { kind: _, ...item } = toAlertItem(aThresholdAlert());
    expect(plain(fromAlertItem(stored(item)).alert)).toEqual(plain(aThresholdAlert()));
  });

  it("of a kind that nobody knows is refused, and one that lacks what its kind has", () => {
    const { first_date: _, ...item } = toAlertItem(anUnpricedModelAlert());
    expect(() => fromAlertItem(stored({ ...item, kind: "sunrise" }))).toThrow(InvalidItemError);
    expect(() => fromAlertItem(stored(item))).toThrow(/first_date is not a string/);
    expect(() => fromAlertItem(stored({ ...item, first_date: "yesterday" }))).toThrow(
      /first_date is not a date/,
    );
  });
});
