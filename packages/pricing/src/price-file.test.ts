import { describe, expect, it } from "vitest";
import { aPriceFile } from "./fixtures.ts";
import { openPriceFile, type PriceFile, parsePriceFile } from "./price-file.ts";

const rowsOf = (file: PriceFile) => file.models[0]?.rows ?? [];
const rowsIn = (...rows: object[]) => rowsOf(parsePriceFile(aPriceFile(...rows)));
const price = { per_million: { input: "2" } };
const provenance = { source: "https://example.com/prices", checked_on: "2026-11-22", verified: true };

describe("price file", () => {
  it("reads a row with its dates, its provenance and its id", () => {
    const [read] = rowsIn({
      ...price,
      per_unit: { search: "0.01" },
      effective_from: "2026-03-01",
      effective_to: "2026-04-01",
      minimum: { second: 10 },
      free_refusals: true,
      note: "as announced",
    });
    expect(read).toEqual({
      id: "acme/nova-1/2026-03-01",
      origin: "published",
      provider: "acme",
      model: "nova-1",
      effectiveFrom: "2026-03-01T00:00:00.000Z",
      effectiveTo: "2026-04-01T00:00:00.000Z",
      conditions: {},
      rates: { input: 2_000_000_000_000n, search: 10_000_000_000_000_000n },
      multiplies: ["tokens"],
      minimum: { second: 10 },
      freeRefusals: true,
      source: "https://example.com/prices",
      checkedOn: "2026-11-22",
      verified: true,
      note: "as announced",
    });
  });

  it("reads an instant with an offset", () => {
    const [read] = rowsIn({ ...price, effective_from: "2026-03-01T00:00:00-08:00" });
    expect(read?.effectiveFrom).toBe("2026-03-01T08:00:00.000Z");
  });

  it("reads names and services in lower case, and limits of a model", () => {
    const file = parsePriceFile({
      provider: "Acme",
      services: ["ACME.ai"],
      about: "made up",
      falls_back_to: ["OpenAI"],
      models: [
        {
          id: "Nova-1",
          names: ["nova-1-*", "NOVA"],
          context_window: 1_000,
          max_output_tokens: 100,
          rows: [{ ...price, ...provenance }],
        },
      ],
    });
    expect(file).toMatchObject({ provider: "acme", services: ["acme", "acme.ai"], fallsBackTo: ["openai"] });
    expect(file.models[0]).toMatchObject({
      names: ["nova-1", "nova-1-*", "nova"],
      contextWindow: 1_000,
      maxOutputTokens: 100,
    });
  });

  it("reads factors of the provider, on some of its models or on all", () => {
    const factor = { multiply: "1.1", when: { region: ["us"] }, ...provenance };
    const file = parsePriceFile({
      ...aPriceFile(price),
      multipliers: [factor, { ...factor, models: ["Nova-*"] }],
    });
    expect(file.multipliers.map(({ models }) => models)).toEqual([undefined, ["nova-*"]]);
    expect(file.multipliers[0]?.row).toMatchObject({
      id: "acme/*/initial/region=us",
      multiply: { numerator: 11n, denominator: 10n },
      multiplies: ["tokens"],
    });
  });

  it("reads the rows of a shipped file when they are first asked for, and the same ones", () => {
    const shipped = aPriceFile({ ...price, variants: [{ when: { tier: "batch" }, multiply: "0.5" }] });
    const opened = openPriceFile(shipped, "published");
    expect(rowsOf(opened)).toEqual(rowsOf(parsePriceFile(shipped)));
    expect(rowsOf(opened)).toBe(rowsOf(opened));
    const broken = openPriceFile(aPriceFile({ per_million: { input: "much" } }), "published");
    expect(broken.models[0]?.names).toEqual(["nova-1"]);
    const [seeded] = rowsOf(openPriceFile(shipped, "seed"));
    expect(seeded).toMatchObject({ id: "seed/acme/nova-1/initial", origin: "seed" });
  });
});

describe("variant", () => {
  const dated = { ...price, effective_from: "2026-03-01", effective_to: "2026-04-01" };

  it("has the dates, the provenance, the least quantity and the rules of its row", () => {
    const [base, variant] = rowsIn({
      ...dated,
      minimum: { second: 10 },
      free_refusals: true,
      note: "of the row",
      variants: [{ when: { tier: "batch" }, per_million: { input: "1" } }],
    });
    expect(variant).toEqual({
      ...base,
      id: "acme/nova-1/2026-03-01/tier=batch",
      conditions: { tiers: ["batch"] },
      rates: { input: 1_000_000_000_000n },
    });
  });

  it("says otherwise where it does", () => {
    const [, variant] = rowsIn({
      ...dated,
      variants: [
        {
          when: { tier: "batch" },
          multiply: "0.5",
          effective_from: "2026-03-15",
          effective_to: "2026-03-20",
          source: "https://example.com/batch",
          checked_on: "2026-11-23",
          verified: false,
          note: "of its own",
        },
      ],
    });
    expect(variant).toMatchObject({
      id: "acme/nova-1/2026-03-15/tier=batch",
      effectiveFrom: "2026-03-15T00:00:00.000Z",
      effectiveTo: "2026-03-20T00:00:00.000Z",
      source: "https://example.com/batch",
      checkedOn: "2026-11-23",
      verified: false,
      note: "of its own",
    });
  });
});
