import { type Alert, parseInstant } from "@ai-usage/core";
import { allAlerts, anUnpricedModelAlert, now } from "@ai-usage/core/testing";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { endOf, fromAlertItem, toAlertItem } from "./alert-item.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

describe("item of an alert", () => {
  it.each(allAlerts().map((alert) => [alert.alertId, alert] as const))(
    "%s is read back as it was",
    (_, alert) => {
      const read = fromAlertItem(stored(toAlertItem(alert)));
      expect(plain(read)).toEqual(plain(alert));
    },
  );

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
    const spike = allAlerts().find(({ kind }) => kind === "cost_spike");
    expect(() => fromAlertItem(stored({ ...(spike && toAlertItem(spike)), hour: "noon" }))).toThrow(
      /hour is not an hour/,
    );
  });
});
