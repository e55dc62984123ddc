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

/** @param told how the telling of the problem begins: with its place */
function expectProblem(value: unknown, told: string): void {
  expect(problemsOf(value).map((problem) => problem.slice(0, told.length))).toContain(told);
}

const price = { per_million: { input: "2" } };
const row = "models[0] nova-1, rows[0]";
/** A row with one more field, and how a problem of that field is told. */
const mistake = (field: string, value: unknown, told: string, given: object = price) =>
  [`${field} ${JSON.stringify(value)?.slice(0, 60)}`, { ...given, [field]: value }, told] as const;

describe("mistake in a price file", () => {
  it.each<[string, unknown, string]>([
    ["no object", [], "the file: must be an object"],
    ["nothing", null, "the file: must be an object"],
    ["no provider", { models: [] }, "provider: is missing"],
    ["a provider with a #", { provider: "a#b", models: [] }, "provider: must not contain #"],
    ["a service that is no text", { ...aPriceFile(price), services: [5] }, "services[0]: must be a text"],
    ["models that are no list", { provider: "acme", models: {} }, "models: must be a list"],
    ["a misspelt field", { ...aPriceFile(price), multiplier: [] }, "multiplier: is not a field"],
    ["a model without a name", { provider: "acme", models: [{ rows: [] }] }, "models[0], id: is missing"],
    ["no rows", aPriceFile(), "models[0] nova-1, rows: must have at least one row"],
  ])("in its frame is told with its place: %s", (_, value, told) => {
    expectProblem(value, told);
  });

  it.each<readonly [string, object, string]>([
    mistake("per_million", { input: 2.5 }, ", per_million, input: must be US dollars as text"),
    mistake("per_million", { input: "-2" }, ", per_million, input: must be US dollars as text"),
    mistake("per_million", { input: "0.0000000000001" }, ", per_million, input: must be US dollars as text"),
    mistake("per_million", { inputs: "2" }, ", per_million, inputs: is no unit of usage; those are input,"),
    mistake("per_million", "2", ", per_million: must be an object"),
    mistake(
      "per_million",
      {},
      ": must have prices (per_million, per_thousand, per_unit, volume) or multiply",
    ),
    mistake("per_unit", { input: "1" }, ", per_unit, input: has another price in the row"),
    mistake(
      "multiply",
      "0.5",
      ": must have prices (per_million, per_thousand, per_unit, volume) or multiply",
    ),
    mistake("effectivefrom", "2026-01-01", ", effectivefrom: is not a field"),
    mistake("source", "", ", source: must be a text"),
    mistake("source", undefined, ", source: must be a text"),
    mistake("note", "x".repeat(1_001), ", note: must have at most 1000 characters"),
    mistake("verified", "yes", ", verified: must be true or false"),
    mistake("free_refusals", 1, ", free_refusals: must be true or false"),
    mistake("effective_from", "2026-02-30", ", effective_from: must be a day"),
    mistake("effective_from", "2026-02-03T10:00:00", ", effective_from: must be a day"),
    mistake("effective_to", 2027, ", effective_to: must be a text"),
    mistake("checked_on", "yesterday", ", checked_on: must be a day"),
    mistake("minimum", { seconds: 1 }, ", minimum, seconds: is no unit of usage"),
    mistake("minimum", { second: 0.5 }, ", minimum, second: must be a whole number over 0"),
    mistake("multiplies", ["search"], ", multiplies: says what multiply is a factor on, and there is none"),
  ])("in a row is told with row and field: %s", (_, fields, told) => {
    expectProblem(aPriceFile(fields), `${row}${told}`);
  });

  it.each<readonly [string, object, string]>([
    mistake("multiply", 1.1, ", multiply: must be a factor as text", {}),
    mistake("multiply", "0", ", multiply: must be a factor as text", {}),
    mistake("multiplies", ["token"], ', multiplies: "token" is neither "tokens" nor a unit', {
      multiply: "2",
    }),
    mistake("multiplies", [], ", multiplies: must not be an empty list", { multiply: "2" }),
    mistake("when", { tier: ["standard", "batch"] }, ", when: cannot have a factor for the standard tier", {
      multiply: "2",
    }),
    mistake("when", { tier: "batch", region: "us" }, ", when: cannot have a factor for a tier that depends", {
      multiply: "2",
    }),
  ])("in a factor is told with row and field: %s", (_, fields, told) => {
    expectProblem(aPriceFile(fields), `${row}${told}`);
  });

  it.each<[object, string]>([
    [{ region: [] }, ", region: must not be an empty list"],
    [{ region: "" }, ", region: must be a text"],
    [{ tier: 5 }, ", tier: must be a text"],
    [{ size: ["a", 5] }, ", size[1]: must be a text"],
    [{ sizes: "a" }, ", sizes: is not a field"],
    [{ prompt_over: "200000" }, ", prompt_over: must be a whole number over 0"],
    [{ prompt_over: 0.5 }, ", prompt_over: must be a whole number over 0"],
    [{ prompt_over: 1, prompt_from: 1 }, ", prompt_over: cannot stand beside prompt_from"],
    [{ prompt_counts: ["input"] }, ", prompt_counts: says what counts towards prompt_over or prompt_from"],
    [{ prompt_from: 1, prompt_counts: ["tokens"] }, ', prompt_counts: "tokens" is no unit of usage'],
    [{ prompt_from: 1, prompt_counts: [] }, ", prompt_counts: must not be an empty list"],
    [{ time: {} }, ", time: must be a list"],
    [{ time: [] }, ", time: must not be an empty list"],
    [{ time: [{ from: "01:00", to: "02:00" }] }, ", time[0], time_zone: is missing"],
    [{ time: [{ from: "1:00", to: "24:00", time_zone: "UTC" }] }, ", time[0], from: must be a time of day"],
    [{ time: [{ from: "1:00", to: "24:00", time_zone: "UTC" }] }, ", time[0], to: must be a time of day"],
    [{ time: [{ from: "01:00", to: "02:00", time_zone: "Mars" }] }, ", time[0], time_zone: must be an IANA"],
    [
      { time: [{ from: "01:00", to: "02:00", time_zone: "UTC", days: ["monday"] }] },
      ', time[0], days: "monday" is none of mon,',
    ],
    [
      { time: [{ from: "01:00", to: "02:00", time_zone: "UTC", days: [] }] },
      ", time[0], days: must not be an empty list",
    ],
  ])("in a condition is told with row and field: %j", (when, told) => {
    expectProblem(aPriceFile({ ...price, when }), `${row}, when${told}`);
  });

  const steps = [{ up_to: 10, per_unit: "0" }, { per_unit: "1" }];
  const volume = { unit: "request", meter: "m", period: "month", time_zone: "UTC", steps };

  it.each<[object, string]>([
    [{ unit: "requests" }, ", unit: is no unit of usage"],
    [{ meter: "" }, ", meter: must be a text"],
    [{ meter: "a#b" }, ", meter: must not contain #"],
    [{ period: "day" }, ', period: must be "month"'],
    [{ time_zone: "Pacific" }, ", time_zone: must be an IANA time zone"],
    [{ steps: [] }, ", steps: must not be an empty list"],
    [{ steps: steps.slice(0, 1) }, ", steps: must all have up_to, but for the last"],
    [{ steps: [...steps].reverse() }, ", steps: must all have up_to, but for the last"],
    [{ steps: [...steps.slice(0, 1), ...steps] }, ", steps: must have rising up_to"],
    [{ steps: [{ up_to: 0.5, per_unit: "0" }, ...steps] }, ", steps[0], up_to: must be a whole number"],
    [{ steps: [{ per_unit: 1 }] }, ", steps[0], per_unit: must be US dollars as text"],
    [{ steps: [{}] }, ", steps[0]: must have per_unit or per_thousand, one of the two"],
    [{ steps: [{ per_unit: "1", per_thousand: "900" }] }, ", steps[0]: must have per_unit or per_thousand"],
  ])("in a price by volume is told with row and field: %j", (given, told) => {
    expect(problemsOf(aPriceFile({ volume }))).toEqual([]);
    expectProblem(aPriceFile({ volume: { ...volume, ...given } }), `${row}, volume${told}`);
  });

  it("is another price of what is priced by volume", () => {
    expectProblem(
      aPriceFile({ volume, per_unit: { request: "1" } }),
      `${row}, volume: prices request, which`,
    );
  });

  it("in a variant is told with its own place", () => {
    const variants = [{ when: { tier: "batch" }, ...price }, { when: {}, per_million: { input: 1 } }, price];
    expectProblem(aPriceFile({ ...price, variants }), `${row}, variants[1], per_million, input: must be`);
    expectProblem(aPriceFile({ ...price, variants }), `${row}, variants[2], when: is missing`);
    expectProblem(aPriceFile({ ...price, when: {}, variants }), `${row}, variants: cannot stand beside when`);
    expectProblem(
      aPriceFile({ ...price, variants: [{ ...variants[0], variants }] }),
      `${row}, variants[0], variants: is not a field`,
    );
  });

  it("in a factor of the provider is told with its own place", () => {
    const multipliers = [{ multiply: "1.1", models: [] }];
    const file = { ...aPriceFile(price), multipliers };
    expect(problemsOf(file)).toEqual([
      "multipliers[0], source: is missing",
      "multipliers[0], checked_on: is missing",
      "multipliers[0], verified: is missing",
      "multipliers[0], models: must not be an empty list",
    ]);
  });

  it("is a member that JSON hides", () => {
    expectProblem(
      aPriceFile({ ...price, ...JSON.parse('{"__proto__": {}}') }),
      `${row}, __proto__: is not a field`,
    );
  });

  it("is a name that stands for two models", () => {
    const rows = [{ ...price, source: "s", checked_on: "2026-01-01", verified: false }];
    const models = [
      { id: "nova-1", names: ["nova", "Nova"], rows },
      { id: "nova-2", names: ["Nova-1"], rows },
    ];
    expect(problemsOf({ provider: "acme", models })).toEqual([
      'models: the name "nova-1" of nova-2 is used more than once',
    ]);
  });

  it("is told with all others at once, and they stand in the error's message", () => {
    const file = aPriceFile({ per_million: { input: "x" }, verified: 1 }, { per_million: { output: "y" } });
    expect(problemsOf(file)).toHaveLength(4);
    expect(() => parsePriceFile(file)).toThrow(/rows\[0\], verified: must be .*\n.*rows\[1\]/s);
  });
});
