import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelCandidate, ModelNeed } from "./model-candidate.ts";
import { selectModel } from "./select-model.ts";

const small: ModelCandidate = {
  service: "openai",
  model: "small",
  prices: { input: "0.00000015", output: "0.0000006" },
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  capabilities: ["tools"],
  quality: 0.7,
  latencyMs: 400,
};
const large: ModelCandidate = {
  service: "anthropic",
  model: "large",
  prices: { input: "0.000003", output: "0.000015" },
  contextWindow: 200_000,
  capabilities: ["tools", "vision"],
  quality: 0.95,
  latencyMs: 900,
};
const unknown: ModelCandidate = { service: "acme", model: "unknown" };
const usage = { input: 1_001, output: 300 };

const chosen = (need: Partial<ModelNeed>, candidates = [large, unknown, small]) => {
  const choice = selectModel(candidates, { usage, ...need });
  return choice.outcome === "selected" ? choice.selected.candidate.model : undefined;
};

describe("selectModel", () => {
  it("takes the cheapest that fits, with its cost to the last digit, and ranks the others", () => {
    expect(selectModel([large, unknown, small], { usage })).toEqual({
      outcome: "selected",
      selected: { candidate: small, costUsd: "0.00033015" },
      others: [{ candidate: large, costUsd: "0.007503" }],
      leftOut: [
        {
          candidate: unknown,
          reasons: [
            { kind: "price_unknown", message: "has no price for all that the call is expected to use" },
          ],
        },
      ],
    });
  });

  it("takes the best or the fastest where that is preferred, and those that were never observed last", () => {
    const unobserved = { ...small, model: "unobserved", quality: undefined, latencyMs: undefined };
    const { quality: _, latencyMs: __, ...others } = unobserved;
    expect(chosen({ prefer: "best" }, [others, small, large])).toBe("large");
    expect(chosen({ prefer: "fastest" }, [others, large, small])).toBe("small");
    expect(chosen({}, [others, small])).toBe("small");
  });

  it.each([
    ["context_too_small", { usage: { input: 128_000, output: 1 } }],
    ["output_too_short", { usage: { input: 1, output: 16_385 } }],
    ["capability_missing", { capabilities: ["vision"] }],
    ["quality_too_low", { minQuality: 0.71 }],
    ["latency_too_high", { maxLatencyMs: 399 }],
    ["cost_too_high", { maxCostUsd: "0.000330149" }],
    ["price_unknown", { usage: { input: 1, image_input: 1 } }],
  ] as const)("leaves a model out for %s", (kind, need) => {
    const choice = selectModel([small], { usage, ...need });
    expect(choice).toMatchObject({ outcome: "nothing_fits", leftOut: [{ reasons: [{ kind }] }] });
  });

  it("lets in what just fits", () => {
    expect(chosen({ usage: { input: 127_999, output: 1 } })).toBe("small");
    const need = { capabilities: ["tools"], minQuality: 0.7, maxLatencyMs: 400, maxCostUsd: "0.00033015" };
    expect(chosen(need)).toBe("small");
  });

  it("tells all reasons of a model, and what was never observed as such", () => {
    const choice = selectModel([unknown], { usage, minQuality: 0, maxLatencyMs: 1, capabilities: ["x"] });
    expect(choice.leftOut[0]?.reasons.map(({ kind }) => kind)).toEqual([
      "capability_missing",
      "quality_unknown",
      "latency_unknown",
      "price_unknown",
    ]);
  });

  it("does not take prices for shorter prompts", () => {
    expect(chosen({}, [{ ...small, promptTokensMax: 1_000 }, large])).toBe("large");
  });

  it("takes a price that is none for unknown, and refuses a need that cannot be", () => {
    expect(chosen({}, [{ ...small, prices: { input: "1e-7", output: "0" } }])).toBeUndefined();
    expect(() => chosen({ maxCostUsd: "-1" })).toThrow(RangeError);
    expect(() => chosen({ usage: { input: 0.5 } })).toThrow(RangeError);
  });

  it("chooses among those that fit the one that costs least, and never one that was left out", () => {
    const price = fc.integer({ min: 0, max: 10_000 }).map((digits) => `0.${String(digits).padStart(9, "0")}`);
    const candidate = fc.record(
      {
        service: fc.constant("s"),
        model: fc.string(),
        prices: fc.record({ input: price, output: price }, { requiredKeys: ["input"] }),
        contextWindow: fc.integer({ min: 0, max: 4_000 }),
        quality: fc.double({ min: 0, max: 1, noNaN: true }),
      },
      { requiredKeys: ["service", "model"] },
    );
    const tokens = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(fc.array(candidate), tokens, tokens, (candidates, input, output) => {
        const choice = selectModel(candidates, { usage: { input, output }, minQuality: 0.5 });
        // The naive model: whole numbers of 10⁻⁹ dollars.
        const units = (text = "") => Number(text.replace(".", ""));
        const costs = candidates
          .filter(({ prices }) => prices !== undefined && (output === 0 || prices.output !== undefined))
          .filter(({ prices }) => prices !== undefined && (input === 0 || prices.input !== undefined))
          .filter(({ contextWindow = 4_000 }) => input + output <= contextWindow)
          .filter(({ quality = 0 }) => quality >= 0.5)
          .map(({ prices }) => input * units(prices?.input) + output * units(prices?.output ?? "0"));
        if (choice.outcome === "nothing_fits") {
          expect(costs).toEqual([]);
          return;
        }
        const least = BigInt(Math.min(...costs)) * 1_000_000_000n;
        const [whole = "", fraction = ""] = choice.selected.costUsd.split(".");
        expect(BigInt(whole + fraction.padEnd(18, "0"))).toBe(least);
        expect(choice.leftOut.map((one) => one.candidate)).not.toContain(choice.selected.candidate);
        expect(choice.others.length + choice.leftOut.length + 1).toBe(candidates.length);
      }),
    );
  });
});
