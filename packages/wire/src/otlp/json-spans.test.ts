import { describe, expect, it } from "vitest";
import { ProblemError } from "../problem.ts";
import { spansFromJson } from "./json-spans.ts";

const requestOf = (span: object) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
const spanFrom = (span: object) => spansFromJson(requestOf(span))[0];
const attribute = (key: string, value: unknown) => ({ key, value });

describe("a request in JSON", () => {
  it("may be empty, at every level", () => {
    expect(spansFromJson({})).toEqual([]);
    expect(spansFromJson({ resourceSpans: [{}, { scopeSpans: [{}] }, { scopeSpans: null }] })).toEqual([]);
    expect(spanFrom({})).toEqual({
      traceId: "",
      spanId: "",
      parentSpanId: "",
      start: undefined,
      end: undefined,
      attributes: {},
      resource: {},
      failed: false,
    });
  });

  it("reads ids in either case, and times as text or number", () => {
    const span = spanFrom({
      traceId: "5B8EFFF798038103D269B633813FC60C",
      startTimeUnixNano: "1795256100123456789",
      endTimeUnixNano: 1795256100200000000,
    });
    expect(span).toMatchObject({
      traceId: "5b8efff798038103d269b633813fc60c",
      start: 1_795_256_100_123_456_789n,
      end: 1_795_256_100_200_000_000n,
    });
  });

  it("reads values of every plain kind, and nothing of others", () => {
    const span = spanFrom({
      attributes: [
        attribute("gen_ai.usage.a", { intValue: "12" }),
        attribute("gen_ai.usage.b", { intValue: 13 }),
        attribute("gen_ai.usage.c", { intValue: "9007199254740993" }),
        attribute("gen_ai.usage.d", { doubleValue: 0.5 }),
        attribute("ai_usage.metadata.e", { boolValue: true }),
        attribute("user.id", { stringValue: "" }),
        attribute("ai_usage.team", { arrayValue: { values: [] } }),
        attribute("ai_usage.feature", {}),
        attribute("gen_ai.usage.f", { intValue: "many" }),
        attribute("gen_ai.input.messages", { stringValue: "my secret plan" }),
      ],
    });
    expect(span?.attributes).toEqual({
      "gen_ai.usage.a": 12,
      "gen_ai.usage.b": 13,
      "gen_ai.usage.c": "9007199254740993",
      "gen_ai.usage.d": 0.5,
      "ai_usage.metadata.e": true,
      "user.id": "",
    });
  });

  it("takes ids and times that are none for absent", () => {
    const span = spanFrom({
      traceId: "W47/95gDgQPSabYzgT/GDA==",
      spanId: 7,
      startTimeUnixNano: "now",
      endTimeUnixNano: "0",
    });
    expect(span).toMatchObject({ traceId: "", spanId: "", start: undefined, end: undefined });
  });
});

describe("what is no request", () => {
  it.each<[string, unknown]>([
    ["(body)", null],
    ["(body)", "spans"],
    ["(body)", []],
    ["resourceSpans", { resourceSpans: {} }],
    ["resourceSpans[0]", { resourceSpans: [null] }],
    ["resourceSpans[0].resource", { resourceSpans: [{ resource: "api" }] }],
    ["resourceSpans[0].scopeSpans", { resourceSpans: [{ scopeSpans: 5 }] }],
    ["resourceSpans[0].scopeSpans[0].spans[0]", requestOf([])],
    ["resourceSpans[0].scopeSpans[0].spans[0].attributes", requestOf({ attributes: {} })],
    ["resourceSpans[0].scopeSpans[0].spans[0].attributes[0]", requestOf({ attributes: ["user.id"] })],
    [
      "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value",
      requestOf({ attributes: [attribute("user.id", "ada")] }),
    ],
    ["resourceSpans[0].scopeSpans[0].spans[0].events", requestOf({ events: "exception" })],
    ["resourceSpans[0].scopeSpans[0].spans[0].status", requestOf({ status: 2 })],
  ])("is refused by the name %s", (field, body) => {
    const refused = () => spansFromJson(body);
    expect(refused).toThrow(ProblemError);
    expect(refused).toThrow(`${field} must be a`);
  });
});
