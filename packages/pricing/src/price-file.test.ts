import { describe, expect, it } from "vitest";
import { InvalidPriceFileError } from "./errors.ts";
import { aPriceFile } from "./fixtures.ts";
import { parsePriceFile } from "./price-file.ts";

function problemsOf(value: unknown): string[] {
  try {
    parsePriceFile(value);
  } catch (error) {
    if (error instanceof InvalidPriceFileError)
      return error.problems.map(({ where, message }) => `${where}: ${message}`);
    throw error;
  }
  return [];
}

const price = { per_million: { input: "2" } };
const row = "models[0] nova-1, rows[0]";

describe("price file", () => {
  it("reads a row with its dates and its id", () => {
    const [model] = parsePriceFile(aPriceFile({ ...price, effective_from: "2026-03-01" })).models;
    expect(model?.rows[0]).toMatchObject({
      id: "acme/nova-1/2026-03-01",
      effectiveFrom: "2026-03-01T00:00:00.000Z",
      rates: { input: 2_000_000_000_000n },
      verified: true,
    });
  });

  it("reads an instant with an offset", () => {
    const [model] = parsePriceFile(
      aPriceFile({ ...price, effective_from: "2026-03-01T00:00:00-08:00" }),
    ).models;
    expect(model?.rows[0]?.effectiveFrom).toBe("2026-03-01T08:00:00.000Z");
  });

  it("bills reasoning as output unless the row prices it", () => {
    const [plain, own] = [{ output: "10" }, { output: "10", reasoning: "3" }].map(
      (perMillion) =>
        parsePriceFile(aPriceFile({ per_million: perMillion })).models[0]?.rows[0]?.rates.reasoning,
    );
    expect([plain, own]).toEqual([10_000_000_000_000n, 3_000_000_000_000n]);
  });

  it.each<[string, unknown, string]>([
    ["no object", [], "the file: must be an object"],
    ["no provider", { models: [] }, "provider: is missing"],
    ["models that are no list", { provider: "acme", models: {} }, "models: must be a list"],
    ["a model without a name", { provider: "acme", models: [{ rows: [] }] }, "models[0], id: is missing"],
    ["no rows", aPriceFile(), "models[0] nova-1, rows: must have at least one row"],
    [
      "a number for a price",
      aPriceFile({ per_million: { input: 2.5 } }),
      `${row}, per_million, input: must be US dollars as text`,
    ],
    [
      "a negative price",
      aPriceFile({ per_million: { input: "-2" } }),
      `${row}, per_million, input: must be US dollars as text`,
    ],
    [
      "too many digits",
      aPriceFile({ per_unit: { request: "0.0000000000000000001" } }),
      `${row}, per_unit, request: must be`,
    ],
    [
      "an unknown kind",
      aPriceFile({ per_million: { inputs: "2" } }),
      `${row}, per_million, inputs: is not a field`,
    ],
    [
      "a misspelt field",
      aPriceFile({ ...price, effectivefrom: "2026-01-01" }),
      `${row}, effectivefrom: is not a field`,
    ],
    [
      "__proto__",
      aPriceFile({ ...price, ...JSON.parse('{"__proto__": {}}') }),
      `${row}, __proto__: is not a field`,
    ],
    ["no price at all", aPriceFile({}), `${row}: must have per_million or per_unit, or both`],
    ["no source", aPriceFile({ ...price, source: "" }), `${row}, source: must be a text`],
    ["a bad flag", aPriceFile({ ...price, verified: "yes" }), `${row}, verified: must be true or false`],
    [
      "a bad day",
      aPriceFile({ ...price, effective_from: "2026-02-30" }),
      `${row}, effective_from: must be a day`,
    ],
    [
      "a bad check day",
      aPriceFile({ ...price, checked_on: "yesterday" }),
      `${row}, checked_on: must be a day`,
    ],
    [
      "a time without offset",
      aPriceFile({ ...price, effective_from: "2026-02-03T10:00:00" }),
      `${row}, effective_from: must be`,
    ],
    [
      "an end before its beginning",
      aPriceFile({ ...price, effective_from: "2026-02-03", effective_to: "2026-02-03" }),
      `${row}, effective_to: must be later`,
    ],
    [
      "a tier without a start",
      aPriceFile({ ...price, tiers: [price] }),
      `${row}, tiers[0]: must have either`,
    ],
    [
      "a tier with two starts",
      aPriceFile({ ...price, tiers: [{ ...price, prompt_over: 1, prompt_from: 1 }] }),
      `${row}, tiers[0]: must have either`,
    ],
    [
      "a tier from half a token",
      aPriceFile({ ...price, tiers: [{ ...price, prompt_from: 0.5 }] }),
      `${row}, tiers[0], prompt_from: must be a whole number`,
    ],
    [
      "a tier that leaves a kind out",
      aPriceFile({ per_million: { input: "1", output: "2" }, tiers: [{ ...price, prompt_over: 9 }] }),
      `${row}, tiers[0], per_million: must price the same kinds`,
    ],
    [
      "tiers out of order",
      aPriceFile({
        ...price,
        tiers: [
          { ...price, prompt_over: 9 },
          { ...price, prompt_over: 8 },
        ],
      }),
      `${row}, tiers: must be in order`,
    ],
  ])("tells row and field of %s", (_, value, problem) => {
    expect(problemsOf(value).join("\n")).toContain(problem);
  });

  it("refuses rows that hold at the same time, and rows out of order", () => {
    const january = { ...price, effective_to: "2026-02-01" };
    const february = { ...price, effective_from: "2026-02-01" };
    expect(problemsOf(aPriceFile(january, february))).toEqual([]);
    expect(problemsOf(aPriceFile(february, january))).toHaveLength(1);
    expect(problemsOf(aPriceFile(january, { ...price, effective_from: "2026-01-31" }))).toHaveLength(1);
    expect(problemsOf(aPriceFile(price, february))).toHaveLength(1);
  });

  it("refuses a name that stands for two models", () => {
    const [model] = parsePriceFile(aPriceFile(price)).models;
    const rows = [{ ...price, source: "s", checked_on: "2026-01-01", verified: false }];
    const models = [
      { id: model?.id, rows },
      { id: "nova-2", aliases: ["Nova-1"], rows },
    ];
    expect(problemsOf({ provider: "acme", models })).toEqual([
      'models: the name "nova-1" of nova-2 is used more than once',
    ]);
  });

  it("tells everything that is wrong at once", () => {
    expect(
      problemsOf(aPriceFile({ per_million: { input: "x" }, verified: 1 }, { per_million: { input: "y" } })),
    ).toHaveLength(4);
  });
});
