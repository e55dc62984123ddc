import type { PriceLibrary } from "../price-library.ts";

/** US dollars per million tokens: input, cache read, cache write, output. */
type Rates = readonly [number, number, number, number];

/** Rough on purpose: no dates, no long prompts, no tiers. It is how fast looking a price up and multiplying can be. */
const rates = new Map<string, Rates>([
  ["gpt-4o", [2.5, 1.25, 0, 10]],
  ["gpt-4o-mini", [0.15, 0.075, 0, 0.6]],
  ["gpt-4-turbo", [10, 0, 0, 30]],
  ["gpt-3.5-turbo", [0.5, 0, 0, 1.5]],
  ["claude-3-5-sonnet-20240620", [3, 0.3, 3.75, 15]],
  ["claude-3-haiku-20240307", [0.25, 0.03, 0.3, 1.25]],
  ["claude-3-opus-20240229", [15, 1.5, 18.75, 75]],
  ["gemini-1.5-pro", [1.25, 0.3125, 0, 5]],
  ["gemini-1.5-flash", [0.075, 0.01875, 0, 0.3]],
  ["gpt-6-sol", [2, 0.2, 0, 10]],
  ["gpt-5.4", [2.5, 0.25, 0, 15]],
  ["claude-opus-5-5", [4, 0.2, 5, 20]],
  ["claude-opus-4-8", [5, 0.5, 6.25, 25]],
  ["gemini-3.8-flash", [0.75, 0.075, 0, 3.75]],
  ["gemini-3.1-pro-preview", [2, 0.2, 0, 12]],
  ["grok-4.6", [2, 0.5, 0, 6]],
]);

export const bareMap: PriceLibrary = {
  name: "bare Map, floats",
  prepare({ model, tokens }) {
    const { input, cacheRead = 0, cacheWrite = 0, output } = tokens;
    return () => {
      const found = rates.get(model);
      if (found === undefined) return undefined;
      return (input * found[0] + cacheRead * found[1] + cacheWrite * found[2] + output * found[3]) / 1e6;
    };
  },
};
