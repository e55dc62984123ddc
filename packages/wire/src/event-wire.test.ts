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
import { describe, expect, it } from "vitest";
import { fromAlertEvent, toAlertEvent, UnknownEventError } from "./event-wire.ts";

// Amounts as their exact text: an amount's digits are private, so any two of them look alike to toEqual.
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const now = parseInstant("2026-11-22T12:00:00Z");

function aThresholdAlert(): Alert {
  const [alert] = dueAlerts({
    budget: {
      budgetId: "bud_1",
      name: "growth <team>",
      scope: parseScope("team:growth"),
      amount: Money.parse("100"),
      period: "monthly",
      timeZone: "Asia/Kathmandu",
      thresholds: [{ percent: "50", level: "INFO" }],
      active: true,
      revision: 3,
      createdAt: now,
    },
    period: periodAt("monthly", now, "Asia/Kathmandu"),
    spent: Money.parse("55.000000000000000001"),
    now,
  });
  if (!alert) throw new Error("half of the budget is spent");
  return alert;
}

const anUnpricedModelAlert = (model?: string): Alert =>
  unpricedModelAlert({
    subject: { service: "open router", model, operation: "chat" },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now,
  });

const alerts: [string, Alert][] = [
  ["Budget Threshold Crossed", aThresholdAlert()],
  ["Unpriced Model Seen", anUnpricedModelAlert("meta-llama/llama-3")],
  ["Unpriced Model Seen", anUnpricedModelAlert()],
];

describe("event of an alert", () => {
  it.each(alerts)("%s is read back as the alert that it was made of", (detailType, alert) => {
    const event = plain(toAlertEvent(alert));
    expect(event.detailType).toBe(detailType);
    expect(plain(fromAlertEvent(event))).toEqual(plain(alert));
  });

  it.each(alerts)("%s of another schema is not read", (_, alert) => {
    const { detailType, detail } = toAlertEvent(alert);
    expect(() => fromAlertEvent({ detailType, detail: { ...detail, schema_version: "2" } })).toThrow();
    expect(() => fromAlertEvent({ detailType, detail: {} })).toThrow();
  });

  it("is not read as another kind's", () => {
    const { detail } = toAlertEvent(aThresholdAlert());
    expect(() => fromAlertEvent({ detailType: "Unpriced Model Seen", detail })).toThrow();
    expect(() => fromAlertEvent({ detailType: "Sun Has Risen", detail })).toThrow(UnknownEventError);
  });

  it("is read without a kind, as it was published when there was only one", () => {
    const { detailType, detail } = plain(toAlertEvent(aThresholdAlert()));
    const { kind: _, ...alert } = detail.alert;
    expect(plain(fromAlertEvent({ detailType, detail: { ...detail, alert } }))).toEqual(
      plain(aThresholdAlert()),
    );
  });
});
