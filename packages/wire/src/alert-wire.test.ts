import { parseInstant, parseUtcDate, unpricedModelAlert } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { toWireAlert } from "./alert-wire.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const alertOf = (model?: string) =>
  unpricedModelAlert({
    subject: { service: "openai", model, operation: "chat" },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now,
  });

describe("alert of a model without a price, in an answer", () => {
  it("shows its kind, what has no price, and whether people were told", () => {
    const delivery = { channel: "email", state: "sent", attempts: 1, at: now } as const;
    expect(toWireAlert(alertOf("gpt-9"), [delivery])).toEqual({
      alert_id: "unpriced.openai.gpt-9.2026-11-22",
      kind: "unpriced_model",
      scope: "model:gpt-9",
      level: "WARNING",
      service: "openai",
      model: "gpt-9",
      operation: "chat",
      date: "2026-11-22",
      call_date: "2026-11-20",
      unpriced_calls: 17,
      first_date: "2026-11-03",
      raised_at: now,
      state: "open",
      notify: true,
      deliveries: [delivery],
    });
  });

  it("has no model where the service has none", () => {
    expect(JSON.parse(JSON.stringify(toWireAlert(alertOf())))).not.toHaveProperty("model");
  });
});
