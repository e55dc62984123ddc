import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUsageUnit, quantitiesOf, type Usage } from "../usage.ts";
import { disturbed, fullAnswers } from "./fixtures.ts";
import { isUsageFormat, normalizeUsage, usageFormatNames } from "./normalize-usage.ts";
import type { NormalizedUsage } from "./normalized-usage.ts";

const request = { model: "gpt-5", service_tier: "flex", messages: [{ role: "user", content: "Hello" }] };

describe("what was served", () => {
  it("beats what was asked for", () => {
    const answer = { model: "gpt-5-2025-08-07", service_tier: "default", usage: {} };
    expect(normalizeUsage("openai.chat", answer, { request })).toEqual({
      service: "openai",
      model: "gpt-5-2025-08-07",
      served: { tier: "standard" },
      requested: { model: "gpt-5", tier: "flex" },
      usage: {},
      usageProblems: [],
    });
  });

  it("is what was asked for where the answer does not tell", () => {
    expect(normalizeUsage("openai.chat", {}, { request, service: "azure", region: "swedencentral" })).toEqual(
      {
        service: "azure",
        model: "gpt-5",
        served: { region: "swedencentral" },
        requested: { model: "gpt-5", tier: "flex" },
        usage: {},
        usageProblems: [],
      },
    );
  });
});

it.each(usageFormatNames)("an answer of %s without usage has none", (format) => {
  expect(normalizeUsage(format, {})).toMatchObject({ usage: {}, usageProblems: [] });
});

it("formats are known by name", () => {
  expect(["openai.chat", "toString", "openai"].map(isUsageFormat)).toEqual([true, false, false]);
});

const junk = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true }),
  fc.double(),
  fc.integer(),
  fc.nat(300),
  fc.constantFrom("12", "1h", "message", "IMAGE", "gpt-5", "default"),
);

const usagesOf = ({ usage, alsoUsed = [] }: NormalizedUsage): Usage[] => [
  usage,
  ...alsoUsed.map((also) => also.usage),
];

const isQuantity = (one: number) => Number.isSafeInteger(one) && one >= 0;

describe.each(usageFormatNames)("junk in an answer of %s", (format) => {
  const answers = fc.oneof(
    { weight: 9, arbitrary: disturbed(fullAnswers[format], junk) },
    { weight: 1, arbitrary: junk },
  );

  it("is never thrown at, and never makes a quantity that is none", () => {
    fc.assert(
      fc.property(answers, disturbed(request, junk), (answer, body) => {
        const read = normalizeUsage(format, answer, { request: body });
        for (const [unit, quantity] of usagesOf(read).flatMap(quantitiesOf)) {
          expect(unit).toSatisfy(isUsageUnit);
          expect(quantity).toSatisfy(isQuantity);
        }
      }),
      { numRuns: 300 },
    );
  });
});
