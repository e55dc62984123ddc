import { readFileSync } from "node:fs";
import { alertKinds } from "@ai-usage/core";
import { allAlerts, budgetAlerts } from "@ai-usage/core/testing";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { alertDetailTypes, fromAlertEvent, toAlertEvent, UnknownEventError } from "./event-wire.ts";

// Amounts as their exact text: an amount's digits are private, so any two of them look alike to toEqual.
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const alerts = allAlerts().map((alert) => [alertDetailTypes[alert.kind], alert] as const);

describe("event of an alert", () => {
  it("is of a type of its own for each kind", () => {
    expect(new Set(alerts.map(([, { kind }]) => kind))).toEqual(new Set(alertKinds));
    expect(new Set(Object.values(alertDetailTypes)).size).toBe(alertKinds.length);
  });

  it.each(alerts)("%s is read back as the alert that it was made of", (detailType, alert) => {
    const event = plain(toAlertEvent(alert));
    expect(event.detailType).toBe(detailType);
    expect(plain(fromAlertEvent(event))).toEqual(plain(alert));
  });

  it("is read with all that people have made of the alert", () => {
    const at = budgetAlerts()[0]?.raisedAt;
    if (!at) throw new Error("there are alerts");
    const remark = { at, by: "token_1", note: "on it" };
    for (const [, alert] of alerts) {
      const known = { ...alert, acknowledged: remark, resolved: remark, snoozed: remark, snoozedUntil: at };
      expect(plain(fromAlertEvent(plain(toAlertEvent(known))))).toEqual(plain(known));
    }
  });

  it.each(alerts)("%s of another schema is not read", (_, alert) => {
    const { detailType, detail } = toAlertEvent(alert);
    expect(() => fromAlertEvent({ detailType, detail: { ...detail, schema_version: "2" } })).toThrow();
    expect(() => fromAlertEvent({ detailType, detail: {} })).toThrow();
  });

  it("is not read as another kind's", () => {
    for (const [, { kind }] of alerts) {
      for (const [detailType, other] of alerts.filter(([, one]) => one.kind !== kind)) {
        expect(() =>
          fromAlertEvent({ ...toAlertEvent(other), detailType: alertDetailTypes[kind] }),
        ).toThrow();
        expect(detailType).not.toBe(alertDetailTypes[kind]);
      }
    }
    const [[, alert] = []] = alerts;
    expect(() => fromAlertEvent({ detailType: "Sun Has Risen", detail: alert })).toThrow(UnknownEventError);
  });
});

describe("schema of an event", () => {
  const schemaOf = (detailType: string) => {
    const name = detailType.toLowerCase().replaceAll(" ", "-");
    return JSON.parse(
      readFileSync(new URL(`../../../docs/snippets/${name}.schema.json`, import.meta.url), "utf8"),
    );
  };

  it.each(alerts)("%s is met by it, and leaves nothing of it out", (detailType, alert) => {
    const schema = schemaOf(detailType);
    const { detail } = plain(toAlertEvent(alert));
    expect(schema.title).toBe(`Detail of the event ${detailType}`);
    expect(() => z.fromJSONSchema(schema).parse(detail)).not.toThrow();
    expect(() => z.fromJSONSchema(schema).parse({ ...detail, schema_version: "2" })).toThrow();
    expect(Object.keys(schema.properties)).toEqual(Object.keys(detail));
    const described = Object.keys(schema.properties.alert.properties);
    expect(described).toEqual(expect.arrayContaining(Object.keys(detail.alert)));
    for (const field of schema.properties.alert.required) expect(described).toContain(field);
    for (const field of schema.properties.alert.required) {
      const { [field as keyof typeof detail.alert]: _, ...without } = detail.alert;
      expect(() => z.fromJSONSchema(schema).parse({ ...detail, alert: without })).toThrow();
    }
  });

  it("of one kind is not met by another kind's", () => {
    const [[, crossed] = []] = alerts;
    if (!crossed) throw new Error("there are alerts");
    const { detail } = plain(toAlertEvent(crossed));
    expect(() => z.fromJSONSchema(schemaOf("Budget Threshold Crossed")).parse(detail)).not.toThrow();
    for (const other of ["Budget Forecast", "Budget Recovered", "Cost Spike", "Unpriced Model Seen"])
      expect(() => z.fromJSONSchema(schemaOf(other)).parse(detail)).toThrow();
  });
});
