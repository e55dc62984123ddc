import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globsMeet, isServedAs, listedNames, literalLength, matchesGlob } from "./model-name.ts";

describe("model name", () => {
  it.each([
    ["gpt-4o-2024-08-06", "gpt-4o"],
    ["openai/gpt-4o", "gpt-4o"],
    ["models/gemini-2.0-flash-001", "gemini-2.0-flash"],
    ["projects/p/locations/l/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"],
    ["claude-sonnet-4-20250514", "claude-sonnet-4"],
    ["claude-sonnet-4@20250514", "claude-sonnet-4"],
    ["claude-3-opus-latest", "claude-3-opus"],
    ["GPT-4o", "gpt-4o"],
    [" gpt-4o ", "gpt-4o"],
  ])("finds the family of %j", (name, family) => {
    expect(listedNames(name).at(-1)).toBe(family);
  });

  it("tries the name as sent first", () => {
    expect(listedNames("acme/nova-2025-01-01")).toEqual(["acme/nova-2025-01-01", "nova-2025-01-01", "nova"]);
  });

  it.each([
    "gpt-4-0613",
    "claude-haiku-4-5",
    "gpt-5.4-mini",
    "gemini-2.5-flash-preview-04-17",
    "gpt-4o:free",
  ])("takes nothing off %s", (name) => {
    expect(listedNames(name)).toEqual([name]);
  });
});

describe("model that was asked for", () => {
  it.each([
    ["gpt-4o", "gpt-4o-2024-08-06"],
    ["GPT-4o", "gpt-4o"],
    ["models/gemini-2.5-pro", "gemini-2.5-pro"],
    ["claude-sonnet-4", "anthropic/claude-sonnet-4-20250514"],
    ["gpt-4o-2024-08-06", "gpt-4o-2024-08-06"],
  ])("as %s is served as %s", (asked, served) => {
    expect(isServedAs(asked, served)).toBe(true);
  });

  it.each([
    ["gpt-4o-2024-05-13", "gpt-4o-2024-08-06"],
    ["gpt-4o-2024-05-13", "gpt-4o"],
    ["gpt-4o", "gpt-4o-mini"],
    ["claude-fable-5-1", "claude-opus-5"],
  ])("as %s is not %s", (asked, served) => {
    expect(isServedAs(asked, served)).toBe(false);
  });
});

/** Few letters, so that texts and patterns meet often. */
const letters = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });
const globs = letters("ab*", 6);

describe("pattern of names", () => {
  it.each([
    ["gpt-4o", "gpt-4o", true],
    ["gpt-4o", "gpt-4o-mini", false],
    ["gpt-4o*", "gpt-4o", true],
    ["ft:gpt-4o*", "ft:gpt-4o-mini:acme::1", true],
    ["ft:gpt-4o*", "gpt-4o", false],
    ["*claude-opus-4-6*", "us.anthropic.claude-opus-4-6-v1:0", true],
    ["*-mini", "gpt-4o-mini", true],
    ["*-mini", "gpt-4o-mini-2024", false],
    ["us-*-1", "us-east-1", true],
    ["us-*-1", "us-1", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["*", "", true],
    ["a.c", "abc", false],
  ])("%s: %s is %s", (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });

  it("matches what the regular expression does that it stands for", () => {
    fc.assert(
      fc.property(globs, letters("ab", 8), (glob, text) => {
        expect(matchesGlob(glob, text)).toBe(new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("meets another exactly where there is a text that both match", () => {
    const texts = textsUpTo(8);
    fc.assert(
      fc.property(letters("ab*", 4), letters("ab*", 4), (a, b) => {
        expect(globsMeet(a, b)).toBe(texts.some((text) => matchesGlob(a, text) && matchesGlob(b, text)));
      }),
      { numRuns: 500 },
    );
  });

  it("is the more exact, the more it says", () => {
    expect(literalLength("ft:gpt-4o*")).toBeGreaterThan(literalLength("*gpt-4o*"));
  });
});

/** All texts of `a` and `b` of at most so many letters. */
function textsUpTo(length: number): string[] {
  const texts = [""];
  for (let start = 0, size = 1; size <= length; size += 1) {
    const end = texts.length;
    for (const text of texts.slice(start, end)) texts.push(`${text}a`, `${text}b`);
    start = end;
  }
  return texts;
}
