import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, isPlainJson } from "./canonical-json.ts";

function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((member) => shuffled(member, seed));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, shuffled(member, seed)] as const);
  const turned = [
    ...members.slice(seed % (members.length || 1)),
    ...members.slice(0, seed % (members.length || 1)),
  ];
  return Object.fromEntries(seed % 2 === 0 ? turned : turned.reverse());
}

describe("canonical JSON", () => {
  it("is the same for the same JSON, in whatever order its members are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, seed) => {
        expect(canonicalJson(shuffled(value, seed))).toBe(canonicalJson(value));
      }),
    );
  });

  it("reads as what it was made of: other JSON has another one", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is refused of what JSON makes the same or leaves out", () => {
    for (const value of [new Map([[1, 2]]), () => 1, Number.NaN, Symbol("s"), new Blob(["x"]), 1n])
      expect(() => canonicalJson({ value: [value] }), String(value)).toThrow(TypeError);
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});

describe("plain JSON", () => {
  it("is what JSON brings back as it is", () => {
    expect(isPlainJson({ a: [1, "b", null, { c: true }], d: undefined })).toBe(true);
    for (const value of [new Date(), new Map(), () => 1, Number.NaN, 1n, new (class A {})()])
      expect(isPlainJson({ value }), String(value)).toBe(false);
  });
});
