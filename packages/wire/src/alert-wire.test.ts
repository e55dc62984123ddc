import type { Delivery } from "@ai-usage/core";
import { anUnpricedModelAlert, budgetAlerts, now } from "@ai-usage/core/testing";
import { describe, expect, it } from "vitest";
import { toWireAlert } from "./alert-wire.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const aDelivery: Delivery = {
  alertId: "unpriced.openai.gpt-9.2026-11-22",
  channelId: "chn_1",
  channelName: "On call",
  channelKind: "webhook",
  reason: "raised",
  state: "sent",
  dueAt: now,
  at: now,
  attempts: [
    { at: now, ms: 12, outcome: "failed", status: 503, error: "answered 503" },
    { at: now, ms: 9, outcome: "sent", status: 200 },
  ],
  tries: 2,
  revision: 5,
};

describe("alert in an answer", () => {
  it("of a model without a price shows what has none, and whether people were told", () => {
    expect(plain(toWireAlert(anUnpricedModelAlert("gpt-9"), [aDelivery]))).toEqual({
      alert_id: expect.stringMatching(/^unpriced\..*\.2026-11-22$/),
      kind: "unpriced_model",
      scope: "model:gpt-9",
      level: "WARNING",
      service: "open router",
      model: "gpt-9",
      operation: "chat",
      date: "2026-11-22",
      call_date: "2026-11-20",
      unpriced_calls: 17,
      first_date: "2026-11-03",
      raised_at: now,
      state: "open",
      notify: true,
      deliveries: [
        {
          channel_id: "chn_1",
          channel: "On call",
          kind: "webhook",
          reason: "raised",
          state: "sent",
          due_at: now,
          at: now,
          attempts: [
            { at: now, ms: 12, outcome: "failed", status: 503, error: "answered 503" },
            { at: now, ms: 9, outcome: "sent", status: 200 },
          ],
        },
      ],
    });
    expect(plain(toWireAlert(anUnpricedModelAlert()))).not.toHaveProperty("model");
  });

  it("of a budget shows what it is about, in exact amounts", () => {
    const wires = budgetAlerts().map((alert) => plain(toWireAlert(alert)));
    expect(wires[0]).toMatchObject({
      alert_id: "bud_1.2026-11.a55.5.r1",
      kind: "budget_threshold",
      budget_name: "growth <team>",
      unit: "usd",
      amount: "100",
      spent: "55.500000000000000001",
      threshold_id: "a55.5",
      threshold_amount: "55.5",
      projected: "120",
      exhausted_at: "2026-11-25T00:00:00.000Z",
      contact: "finance@example.com",
      time_zone: "Asia/Kathmandu",
    });
    expect(wires[0]).not.toHaveProperty("threshold_percent");
    expect(wires).toContainEqual(
      expect.objectContaining({
        alert_id: "bud_1.2026-11.a55.5.r1.recovered",
        kind: "budget_recovered",
        recovered_alert_id: "bud_1.2026-11.a55.5.r1",
        recovered_level: "CRITICAL",
        state: "resolved",
        resolved: { at: now, by: "recovery" },
      }),
    );
    expect(wires).toContainEqual(
      expect.objectContaining({
        kind: "cost_spike",
        hour: "2026-11-22T12",
        actual: "30",
        usual: "2.5",
        compared_hours: 168,
      }),
    );
  });

  it("shows what people made of it", () => {
    const remark = { at: now, by: "token_1" };
    const wire = toWireAlert({
      ...anUnpricedModelAlert(),
      state: "resolved",
      acknowledged: { ...remark, note: "on it" },
      resolved: remark,
      snoozed: remark,
      snoozedUntil: now,
    });
    expect(plain(wire)).toMatchObject({
      state: "resolved",
      acknowledged: { at: now, by: "token_1", note: "on it" },
      resolved: { at: now, by: "token_1" },
      snoozed: { at: now, by: "token_1" },
      snoozed_until: now,
    });
  });
});
