import { describe, expect, it } from "vitest";
import { InvalidEventPatternError } from "./errors.ts";
import { compilePattern } from "./event-pattern.ts";

/** [what it says, pattern of field `f`, values that match, values that do not]; undefined = the field is absent. */
const cases: [string, unknown[], unknown[], unknown[]][] = [
  ["an exact string, of its case", ["a"], ["a", ["b", "a"]], ["A", "ab", "", null, undefined, ["b"], []]],
  ["an exact number, whatever its notation", [300], [300, 3e2, 300.0], ["300", 301]],
  ["booleans and null apart from absence", [true, null], [true, null], [false, "true", undefined]],
  ["an empty string", [""], [""], [" ", null, undefined]],
  ["one of several", ["a", 1, { prefix: "z" }], ["a", 1, "zoo"], ["b", 2]],
  ["a prefix", [{ prefix: "US" }], ["USAGE#1", "US", [1, "USA"]], ["us", "aUS", 5, undefined]],
  ["a prefix in any case", [{ prefix: { "equals-ignore-case": "us" } }], ["USA", "usa"], ["aus"]],
  ["a suffix", [{ suffix: ".png" }], ["a.png", ".png"], ["a.PNG", "png", 1]],
  ["a suffix in any case", [{ suffix: { "equals-ignore-case": ".png" } }], ["a.PNG"], ["a.gif"]],
  ["a string in any case", [{ "equals-ignore-case": "Alice" }], ["alice", "ALICE"], ["alic", 1]],
  ["anything but a value", [{ "anything-but": "a" }], ["b", 1, null, ["a", "b"]], ["a", undefined, []]],
  ["anything but a number", [{ "anything-but": 5 }], [4, "5"], [5]],
  ["anything but a list", [{ "anything-but": ["a", "b", 3] }], ["c", 4], ["a", "b", 3]],
  ["anything but a prefix", [{ "anything-but": { prefix: "a" } }], ["b", 1], ["abc", "a"]],
  ["anything but several prefixes", [{ "anything-but": { prefix: ["a", "b"] } }], ["c"], ["abc", "b"]],
  ["anything but a suffix", [{ "anything-but": { suffix: "z" } }], ["b"], ["xyz"]],
  ["anything but a wildcard", [{ "anything-but": { wildcard: "a*z" } }], ["ab"], ["abz", "az"]],
  [
    "anything but, in any case",
    [{ "anything-but": { "equals-ignore-case": ["A", "b"] } }],
    ["c"],
    ["a", "B"],
  ],
  ["a number above", [{ numeric: [">", 10] }], [11, 10.5], [10, "11", null, undefined]],
  ["a number in a range", [{ numeric: [">=", 0, "<", 5] }], [0, 4.99, [9, 1]], [-0.1, 5]],
  ["a number equal to", [{ numeric: ["=", 3.018e2] }], [301.8], [301]],
  ["a number at most", [{ numeric: ["<=", -1] }], [-1, -2], [0]],
  ["existence", [{ exists: true }], [1, null, "", false, [0]], [undefined, { a: 1 }, []]],
  ["absence", [{ exists: false }], [undefined, { a: 1 }, []], [1, null, ""]],
  ["a value or absence", ["a", { exists: false }], ["a", undefined], ["b", null]],
  ["an IPv4 network", [{ cidr: "10.0.0.0/24" }], ["10.0.0.255"], ["10.0.1.0", "::1", "10.0.0", 10]],
  ["an IPv6 network", [{ cidr: "2001:db8::/32" }], ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]],
  ["a wildcard", [{ wildcard: "a*c*" }], ["ac", "abcd", "a\nc"], ["ab", "xac"]],
  ["a wildcard with its escapes", [{ wildcard: "\\*.\\\\*" }], ["*.\\x"], ["a.\\x", "*x\\"]],
  ["a wildcard without wildcard", [{ wildcard: "a.c" }], ["a.c"], ["abc"]],
  ["values in nested lists", ["a"], [[["a"], "b"]], [[["b"]]]],
];

describe("event pattern", () => {
  it.each(cases)("matches %s", (_, pattern, matching, others) => {
    const matches = compilePattern({ f: pattern });
    for (const f of matching) expect({ f, matches: matches({ f }) }).toEqual({ f, matches: true });
    for (const f of others) expect({ f, matches: matches({ f }) }).toEqual({ f, matches: false });
  });

  it("asks for every field, at any depth", () => {
    const matches = compilePattern({
      source: ["ai-usage"],
      detail: { budget: { id: ["b1"], level: [{ prefix: "W" }] } },
    });
    expect(matches({ source: "ai-usage", detail: { budget: { id: "b1", level: "WARN" } }, more: 1 })).toBe(
      true,
    );
    expect(matches({ source: "ai-usage", detail: { budget: { id: "b1" } } })).toBe(false);
    expect(matches({ source: "ai-usage", detail: "b1" })).toBe(false);
    expect(matches({ source: "other", detail: { budget: { id: "b1", level: "WARN" } } })).toBe(false);
    expect(matches(undefined)).toBe(false);
  });

  it("asks all of one object in a list of objects", () => {
    const matches = compilePattern({ items: { kind: ["a"], size: [{ numeric: [">", 1] }] } });
    expect(
      matches({
        items: [
          { kind: "b", size: 9 },
          { kind: "a", size: 2 },
        ],
      }),
    ).toBe(true);
    expect(
      matches({
        items: [
          { kind: "b", size: 9 },
          { kind: "a", size: 1 },
        ],
      }),
    ).toBe(false);
    expect(matches({ items: [] })).toBe(false);
  });

  it("sees that a field of an absent object is absent", () => {
    expect(compilePattern({ a: { b: [{ exists: false }] } })({})).toBe(true);
    expect(compilePattern({ a: { b: [{ exists: true }] } })({})).toBe(false);
  });

  it("matches one alternative of $or beside the other fields", () => {
    const matches = compilePattern({
      eventName: ["INSERT"],
      $or: [{ dynamodb: { Keys: { PK: { S: [{ prefix: "TOTAL#" }] } } } }, { awsRegion: ["eu-west-1"] }],
    });
    const record = (PK: string, awsRegion = "x", eventName = "INSERT") => ({
      eventName,
      awsRegion,
      dynamodb: { Keys: { PK: { S: PK } } },
    });
    expect(matches(record("TOTAL#global"))).toBe(true);
    expect(matches(record("USAGE#1", "eu-west-1"))).toBe(true);
    expect(matches(record("USAGE#1"))).toBe(false);
    expect(matches(record("TOTAL#global", "x", "REMOVE"))).toBe(false);
  });

  it("matches $or inside an object and inside $or", () => {
    const matches = compilePattern({ detail: { $or: [{ a: [1] }, { $or: [{ b: [2] }, { c: [3] }] }] } });
    expect(matches({ detail: { c: 3 } })).toBe(true);
    expect(matches({ detail: { c: 4 } })).toBe(false);
  });

  it("takes a field that is named $or as a field", () => {
    expect(compilePattern({ $or: ["x"] })({ $or: "x" })).toBe(true);
  });

  it("does not find inherited properties", () => {
    expect(compilePattern({ toString: [{ exists: true }] })({})).toBe(false);
    expect(compilePattern({ constructor: { name: ["Object"] } })({})).toBe(false);
  });

  it.each<[string, unknown]>([
    ["a bare value", { a: "b" }],
    ["no object", []],
    ["nothing", {}],
    ["an empty list", { a: [] }],
    ["an empty object inside", { a: {} }],
    ["an unknown operator", { a: [{ suffixes: "b" }] }],
    ["an inherited operator", { a: [{ constructor: "b" }] }],
    ["two operators", { a: [{ prefix: "b", suffix: "c" }] }],
    ["a prefix that is no string", { a: [{ prefix: 1 }] }],
    ["exists with a string", { a: [{ exists: "true" }] }],
    ["numeric without number", { a: [{ numeric: ["<", "5"] }] }],
    ["numeric with an unknown comparison", { a: [{ numeric: ["~", 5] }] }],
    ["numeric with three parts", { a: [{ numeric: ["<", 5, ">"] }] }],
    ["a network without length", { a: [{ cidr: "10.0.0.0" }] }],
    ["a network of too many bits", { a: [{ cidr: "10.0.0.0/33" }] }],
    ["a network of no address", { a: [{ cidr: "x/8" }] }],
    ["consecutive wildcards", { a: [{ wildcard: "a**" }] }],
    ["a lone backslash", { a: [{ wildcard: "a\\b" }] }],
    ["anything-but of nothing", { a: [{ "anything-but": [] }] }],
    ["anything-but a numeric", { a: [{ "anything-but": { numeric: ["<", 5] } }] }],
    ["a list within the list", { a: [["b"]] }],
    ["an empty alternative", { $or: [{ a: [1] }, {}] }],
  ])("refuses %s", (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(InvalidEventPatternError);
  });

  it("names the place of a mistake", () => {
    expect(() => compilePattern({ detail: { level: ["a", { prefx: "b" }] } })).toThrow(
      'event pattern at detail.level[1]: unknown operator "prefx"',
    );
  });
});
