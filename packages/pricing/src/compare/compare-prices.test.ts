import { parseUtcDate } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { aPriceFile } from "../fixtures.ts";
import { parsePriceFile } from "../price-file.ts";
import { comparePriceFiles } from "./compare-prices.ts";
import { renderPriceDifferences } from "./render-price-differences.ts";

const today = parseUtcDate("2026-08-20");

/** Of two files with the one model `acme/nova-1`. */
const compare = (before: object[], after: object[]) =>
  comparePriceFiles([parsePriceFile(aPriceFile(...before))], [parsePriceFile(aPriceFile(...after))], {
    today,
  });

const flat = { per_million: { input: "2.00", output: "10.00" } };

const aModel = (id: string, more: object = {}) => ({
  id,
  ...more,
  rows: [{ ...flat, source: "https://example.com/prices", checked_on: "2026-08-19", verified: true }],
});
const files = (...models: object[]) => [parsePriceFile({ provider: "acme", models })];

describe("the difference of two price lists", () => {
  it("is nothing for a list and its copy, whatever its provenance", () => {
    expect(compare([flat], [{ ...flat, checked_on: "2026-08-20", note: "read again" }])).toEqual([]);
  });

  it("is nothing when a period is written in two rows", () => {
    const halves = [
      { ...flat, effective_to: "2026-03-01" },
      { ...flat, effective_from: "2026-03-01" },
    ];
    expect(compare([flat], halves)).toEqual([]);
  });

  it("names the unit, both prices and by how much", () => {
    const cut = { per_million: { input: "1.00", output: "10.00" } };
    expect(compare([flat], [cut])).toEqual([
      {
        kind: "changed",
        provider: "acme",
        model: "nova-1",
        what: "input",
        when: "",
        per: 1_000_000,
        before: "2",
        after: "1",
        size: 1,
      },
    ]);
  });

  it("names the day from which a new price holds", () => {
    const rows = [
      { ...flat, effective_to: "2026-08-19" },
      { per_million: { input: "3.00", output: "10.00" }, effective_from: "2026-08-19" },
    ];
    expect(compare([flat], rows)).toMatchObject([
      { kind: "changed", what: "input", before: "2", after: "3", from: "2026-08-19T00:00:00.000Z" },
    ]);
  });

  it("tells a correction of the past with its end", () => {
    const was = [
      { ...flat, effective_to: "2026-08-01" },
      { ...flat, effective_from: "2026-08-01" },
    ];
    const is = [
      { per_million: { input: "2.50", output: "10.00" }, effective_to: "2026-08-01" },
      { ...flat, effective_from: "2026-08-01" },
    ];
    const [difference, ...others] = compare(was, is);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ before: "2", after: "2.5", to: "2026-08-01T00:00:00.000Z" });
    expect(difference).not.toHaveProperty("from");
  });

  it("takes a rise that was announced and is no longer for a withdrawal", () => {
    const announced = [
      { ...flat, effective_to: "2026-09-01" },
      { per_million: { input: "3.00", output: "15.00" }, effective_from: "2026-09-01" },
    ];
    expect(compare(announced, [flat])).toMatchObject([
      { kind: "withdrawn", what: "input", before: "3", after: "2", from: "2026-09-01T00:00:00.000Z" },
      { kind: "withdrawn", what: "output", before: "15", after: "10", from: "2026-09-01T00:00:00.000Z" },
    ]);
    expect(compare([flat], announced)).toMatchObject([{ kind: "changed" }, { kind: "changed" }]);
  });

  it("takes a rise of today that is taken back for a change", () => {
    const rise = [
      { ...flat, effective_to: "2026-08-20" },
      { per_million: { input: "3.00", output: "10.00" }, effective_from: "2026-08-20" },
    ];
    expect(compare(rise, [flat])).toMatchObject([{ kind: "changed", before: "3", after: "2" }]);
  });

  it("compares prices under each condition by itself", () => {
    const tiered = (price: string) => ({
      ...flat,
      variants: [{ when: { prompt_over: 200_000 }, per_million: { input: price, output: "15.00" } }],
    });
    expect(compare([tiered("4.00")], [tiered("5.00")])).toMatchObject([
      { kind: "changed", what: "input", when: "prompt of 200001 tokens or more", before: "4", after: "5" },
    ]);
    expect(compare([flat], [tiered("4.00")])).toMatchObject([
      { kind: "added", what: "input", when: "prompt of 200001 tokens or more" },
      { kind: "added", what: "output", when: "prompt of 200001 tokens or more" },
    ]);
  });

  it("sees factors, least quantities, free refusals and months' volumes", () => {
    const was = {
      ...flat,
      variants: [{ when: { tier: "batch" }, multiply: "0.5" }],
      per_unit: { second: "0.01" },
      minimum: { second: 10 },
      free_refusals: true,
    };
    const is = { ...was, variants: [{ when: { tier: "batch" }, multiply: "0.25" }], minimum: { second: 5 } };
    expect(compare([was], [is])).toMatchObject([
      { what: "factor on tokens", when: "tier batch", before: "× 0.5", after: "× 0.25", size: 1 },
      { what: "least second", before: "10", after: "5" },
      { what: "least second", when: "tier batch" },
    ]);
    const { free_refusals: _, ...without } = was;
    expect(compare([was], [without])).toContainEqual(
      expect.objectContaining({ kind: "withdrawn", what: "refusals before output", when: "" }),
    );
    const volume = (price: string) => ({
      volume: {
        unit: "request",
        meter: "lookups",
        period: "month",
        time_zone: "America/Los_Angeles",
        steps: [{ up_to: 1_000, per_thousand: "0" }, { per_thousand: price }],
      },
    });
    expect(compare([volume("2.83")], [volume("2.27")])).toMatchObject([
      {
        what: "request",
        before: "0 to 1000, then 2.83 (lookups, months of America/Los_Angeles)",
        after: "0 to 1000, then 2.27 (lookups, months of America/Los_Angeles)",
      },
    ]);
  });

  it("tells a price that is no longer listed from one that changed", () => {
    expect(compare([flat], [{ per_million: { input: "2.00" } }])).toMatchObject([
      { kind: "withdrawn", what: "output", before: "10" },
    ]);
  });

  it("tells new and withdrawn models, names and context windows", () => {
    const differences = comparePriceFiles(
      files(aModel("nova-1", { names: ["nova"], context_window: 200_000 }), aModel("nova-0")),
      files(aModel("nova-1", { names: ["nova-1*"], context_window: 400_000 }), aModel("nova-2")),
      { today },
    );
    expect(differences).toEqual([
      expect.objectContaining({ kind: "changed", what: "context window", before: "200000", after: "400000" }),
      expect.objectContaining({
        kind: "withdrawn",
        model: "nova-0",
        what: "model",
        before: "input 2, output 10",
      }),
      expect.objectContaining({ kind: "withdrawn", model: "nova-1", what: "names", before: "nova" }),
      expect.objectContaining({ kind: "added", model: "nova-1", what: "names", after: "nova-1*" }),
      expect.objectContaining({
        kind: "added",
        model: "nova-2",
        what: "model",
        after: "input 2, output 10",
      }),
    ]);
  });

  it("compares what a provider's models have in common", () => {
    const provider = (multiply: string, more: object) => [
      parsePriceFile({
        provider: "acme",
        ...more,
        multipliers: [
          {
            models: ["nova-*"],
            when: { region: ["us"] },
            multiply,
            source: "https://example.com",
            checked_on: "2026-08-19",
            verified: true,
          },
        ],
        models: [aModel("nova-1")],
      }),
    ];
    expect(
      comparePriceFiles(provider("1.1", {}), provider("1.2", { services: ["acme_ai"] }), { today }),
    ).toMatchObject([
      { model: "*", what: "factor on tokens of nova-*", when: "region us", before: "× 1.1", after: "× 1.2" },
      { model: "*", kind: "added", what: "services", after: "acme_ai" },
    ]);
  });

  it("has the greatest change on top, in whichever direction", () => {
    const was = { per_million: { input: "2.00", cache_read: "0.20", output: "10.00" } };
    const is = { per_million: { input: "2.20", cache_read: "0.05", output: "20.00" } };
    expect(compare([was], [is]).map(({ what }) => what)).toEqual(["cache_read", "output", "input"]);
  });

  it("reads as a table for each kind", () => {
    const announced = [
      { ...flat, effective_to: "2026-09-01" },
      { per_million: { input: "3.00", output: "10.00" }, effective_from: "2026-09-01" },
    ];
    expect(
      renderPriceDifferences(compare(announced, [{ per_million: { input: "2.00", output: "8.00" } }])),
    ).toBe(
      [
        "1 change, 1 withdrawal.",
        "",
        "## Changes",
        "",
        "| model | what | before | after | by | from | until |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
        "| acme/nova-1 | output per 1,000,000 | 10 | 8 | -20 % |  |  |",
        "",
        "## Withdrawals",
        "",
        "| model | what | before | after | by | from | until |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
        "| acme/nova-1 | input per 1,000,000 | 3 | 2 | -33.3 % | 2026-09-01 |  |",
        "",
      ].join("\n"),
    );
    expect(renderPriceDifferences([])).toBe("");
  });

  it("counts the lines that a table has no room for", () => {
    const many = Array.from({ length: 5 }, (_, index) => aModel(`nova-${index}`));
    const rendered = renderPriceDifferences(comparePriceFiles([], files(...many), { today }), { rowsMax: 2 });
    expect(rendered).toContain("6 additions.");
    expect(rendered).toContain("… and 4 more.");
  });
});
