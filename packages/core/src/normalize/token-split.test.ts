import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Answer } from "./answer.ts";
import { type InclusiveOutput, type InclusivePrompt, splitOutput, splitPrompt } from "./token-split.ts";
import { totalOf } from "./unit-counts.ts";

const split = (prompt: InclusivePrompt) => {
  const where = new Answer({}, "prompt_tokens");
  return { units: splitPrompt(prompt, where).toUsage(), problems: where.problems };
};

describe("a prompt", () => {
  it("is text, as far as it is nothing else", () => {
    expect(
      split({ total: 100, parts: { image: 30, audio: 5 }, cached: 10, written: { cache_write_1h: 7 } }),
    ).toEqual({
      units: { input: 48, cache_read: 10, cache_write_1h: 7, image_input: 30, audio_input: 5 },
      problems: [],
    });
  });

  it("has what was cached taken out of the kind that it is told to be", () => {
    const prompt = {
      total: 100,
      parts: { image: 30, audio: 20 },
      cached: 25,
      cachedParts: { image: 15, audio: 10 },
    };
    expect(split(prompt)).toEqual({
      units: {
        input: 50,
        cache_read: 0,
        image_input: 15,
        image_cache_read: 15,
        audio_input: 10,
        audio_cache_read: 10,
      },
      problems: [],
    });
  });

  it("has text cached first where the kind is not told", () => {
    expect(split({ total: 100, parts: { image: 30 }, cached: 80 }).units).toEqual({
      input: 0,
      cache_read: 70,
      image_input: 20,
      image_cache_read: 10,
    });
  });

  it.each<[string, InclusivePrompt, object, string]>([
    [
      "more is cached than there is",
      { total: 10, parts: {}, cached: 14 },
      { input: 0, cache_read: 10 },
      "prompt_tokens is 4 less than the cached tokens in it; those are left out",
    ],
    [
      "more is no text than there is",
      { total: 10, parts: { image: 8, audio: 4 } },
      { input: 0, image_input: 8, audio_input: 2 },
      "prompt_tokens is 10, less than the 12 tokens that are no text",
    ],
    [
      "more was written than is left",
      { total: 10, parts: {}, cached: 6, written: { cache_write_5m: 9 } },
      { input: 0, cache_read: 6, cache_write_5m: 4 },
      "prompt_tokens has no room for 9 tokens written to the cache; 4 are counted",
    ],
  ])("is never less than nothing where %s", (_, prompt, units, problem) => {
    expect(split(prompt)).toEqual({ units, problems: [problem] });
  });

  it("is unknown where nothing is told", () => {
    expect(split({ parts: {} })).toEqual({ units: {}, problems: [] });
  });
});

const count = fc.nat(2_000_000);
const maybe = fc.option(count, { nil: undefined });
const modalities = fc.record({ image: maybe, video: maybe, audio: maybe });
const isSound = (usage: object) =>
  Object.values(usage).every((quantity) => Number.isInteger(quantity) && quantity >= 0);

describe("units", () => {
  it("of a prompt add up to its total, whatever its parts are", () => {
    const written = fc.record({ cache_write_5m: maybe, cache_write_1h: maybe });
    const cachedParts = fc.dictionary(fc.constantFrom("text", "image", "video", "audio"), count);
    const prompts = fc.record({ total: count, parts: modalities, cached: maybe, cachedParts, written });
    fc.assert(
      fc.property(prompts, (prompt) => {
        const { units } = split(prompt);
        expect(totalOf(units)).toBe(prompt.total);
        expect(units).toSatisfy(isSound);
      }),
    );
  });

  it("of a prompt tell no problem where its parts fit into each other", () => {
    fc.assert(
      fc.property(count, count, count, count, (image, audio, cached, text) => {
        const total = image + audio + cached + text;
        const { units, problems } = split({ total, parts: { image, audio }, cached });
        expect(problems).toEqual([]);
        expect((units.cache_read ?? 0) + (units.image_cache_read ?? 0) + (units.audio_cache_read ?? 0)).toBe(
          cached,
        );
      }),
    );
  });

  it("of an output add up to its total, and to its parts where there is none", () => {
    const outputs: fc.Arbitrary<InclusiveOutput> = fc.record({
      total: maybe,
      reasoning: maybe,
      audio: maybe,
      image: maybe,
      video: maybe,
    });
    fc.assert(
      fc.property(outputs, (output) => {
        const where = new Answer({}, "completion_tokens");
        const units = splitOutput(output, where).toUsage();
        const { total, ...parts } = output;
        const sum = Object.values(parts).reduce<number>((all, part) => all + (part ?? 0), 0);
        expect(totalOf(units)).toBe(total ?? sum);
        expect(where.problems.length).toBe(total !== undefined && sum > total ? 1 : 0);
        expect(units).toSatisfy(isSound);
      }),
    );
  });
});
