import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PriceSubject } from "./alert.ts";
import { unpricedModelAlert } from "./alert-unpriced.ts";
import { NAME_LENGTH_MAX, nameProblem, parseScope } from "./scope.ts";
import { parseInstant, parseUtcDate } from "./time.ts";

const alertOf = (subject: PriceSubject, at = "2026-11-22T10:15:00Z") =>
  unpricedModelAlert({
    subject,
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now: parseInstant(at),
  });
const idOf = (subject: PriceSubject) => alertOf(subject).alertId;
const chat = { service: "openai", model: "gpt-4.1-nano", operation: "chat" };

describe("alert of a model without a price", () => {
  it("says which model, seen when, of which calls, since when", () => {
    expect(alertOf(chat)).toEqual({
      alertId: "unpriced.openai.gpt-4.1-nano.2026-11-22",
      kind: "unpriced_model",
      scope: "model:gpt-4.1-nano",
      level: "WARNING",
      service: "openai",
      model: "gpt-4.1-nano",
      operation: "chat",
      date: "2026-11-22",
      callDate: "2026-11-20",
      unpricedCalls: 17,
      firstDate: "2026-11-03",
      raisedAt: "2026-11-22T10:15:00.000Z",
      state: "open",
      notify: true,
    });
  });

  it("names the operation where the service has no models", () => {
    expect(alertOf({ service: "google_places", operation: "place_details" })).toMatchObject({
      alertId: "unpriced.google_places.~place_details.2026-11-22",
      scope: "service:google_places",
      model: undefined,
      operation: "place_details",
    });
  });

  it("is one for all operations of a model, and another on each UTC day", () => {
    expect(idOf({ ...chat, operation: "responses" })).toBe(idOf(chat));
    expect(alertOf(chat, "2026-11-22T23:59:59.999Z").alertId).toBe(idOf(chat));
    expect(alertOf(chat, "2026-11-23T00:00:00Z").alertId).not.toBe(idOf(chat));
  });

  it("hashes what a name may hold and an id may not, and can still be read", () => {
    expect(idOf({ ...chat, service: "openrouter", model: "meta-llama/llama 3:free" })).toMatch(
      /^unpriced\.openrouter\.meta-llama-llama-3-free~[0-9a-f]{16}\.2026-11-22$/,
    );
    expect(idOf({ ...chat, model: ".." })).toMatch(/^unpriced\.openai\.--~[0-9a-f]{16}\.2026-11-22$/);
  });

  it("keeps apart names that differ by a hair", () => {
    const hairs: PriceSubject[] = [
      { ...chat, service: "a", model: "b.c" },
      { ...chat, service: "a.b", model: "c" },
      { ...chat, service: "a", model: "b/c" },
      { ...chat, service: "a", model: "b:c" },
      { ...chat, service: "a", model: "b-c" },
      { ...chat, service: "a", model: "B-c" },
      { ...chat, service: "a", model: "~b-c" },
      { service: "a", operation: "b-c" },
      { service: "a", operation: "b.c" },
    ];
    expect(new Set(hairs.map(idOf)).size).toBe(hairs.length);
  });

  it("has an id that is safe in keys and paths, and a scope, whatever the names", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: NAME_LENGTH_MAX })
      .filter((text) => nameProblem(text) === undefined);
    fc.assert(
      fc.property(name, fc.option(name, { nil: undefined }), name, (service, model, operation) => {
        const { alertId, scope } = alertOf({ service, model, operation });
        expect(alertId).toMatch(/^unpriced\.[A-Za-z0-9._~-]+\.2026-11-22$/);
        expect(encodeURIComponent(alertId)).toBe(alertId);
        expect(parseScope(scope)).toBe(scope);
      }),
    );
  });

  it("has different ids for different subjects", () => {
    const name = fc.string({
      unit: fc.constantFrom("a", "-", ".", "~", "/", "_"),
      minLength: 1,
      maxLength: 4,
    });
    const named = fc.record({ service: name, model: name });
    fc.assert(
      fc.property(named, named, (one, other) => {
        const same = one.service === other.service && one.model === other.model;
        expect(idOf({ ...one, operation: "o" }) === idOf({ ...other, operation: "o" })).toBe(same);
      }),
    );
  });
});
