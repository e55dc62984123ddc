import { describe, expect, it } from "vitest";
import { builtInPriceFiles } from "./built-in.ts";
import { aPriceFile } from "./fixtures.ts";
import { parsePriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";
import { curatedFiles, seedFiles } from "./published.ts";
import { toRowJson } from "./row-json.ts";

function rowOf(fields: object): PriceRow {
  const [row] = parsePriceFile(aPriceFile(fields)).models[0]?.rows ?? [];
  if (row === undefined) throw new Error("the fixture has a row");
  return row;
}

describe("row as JSON", () => {
  it("says the same again when it is read, for every published price", () => {
    const rows = builtInPriceFiles.flatMap((file) => file.models.flatMap((model) => model.rows));
    expect(rows.length).toBeGreaterThan(1_000);
    expect(curatedFiles.length + seedFiles.length).toBe(builtInPriceFiles.length);
    for (const row of rows) {
      expect(statementOf(rowOf(toRowJson(row))), row.id).toEqual(statementOf(row));
    }
  });

  it("has one form for what can be said in several", () => {
    const said = (when: object) => toRowJson(rowOf({ when, per_million: { input: "1" } })).when;
    expect(said({ tier: ["batch"] })).toEqual({ tier: "batch" });
    expect(said({ region: ["us", "eu", "us"] })).toEqual({ region: ["eu", "us"] });
    expect(said({ tier: ["flex", "*"] })).toEqual({ tier: "*" });
    expect(said({ prompt_from: 272_001 })).toEqual({ prompt_over: 272_000 });
    expect(said({ prompt_over: 199_999 })).toEqual({ prompt_from: 200_000 });
    expect(said({ prompt_over: 1 })).toEqual({ prompt_from: 2 });
    expect(said({})).toBeUndefined();
  });

  it("has days for midnights, and instants for other times", () => {
    const { effective_from, effective_to } = toRowJson(
      rowOf({
        effective_from: "2026-06-01T02:00:00+02:00",
        effective_to: "2026-06-02T08:30:00Z",
        per_million: { input: "1" },
      }),
    );
    expect([effective_from, effective_to]).toEqual(["2026-06-01", "2026-06-02T08:30:00.000Z"]);
  });

  it("has every digit of prices and factors", () => {
    const row = rowOf({
      per_million: { input: "0.000000000001" },
      per_unit: { image: "0.000000000000000001", search: "0.0125" },
    });
    expect(toRowJson(row)).toMatchObject({
      per_million: { input: "0.000000000001" },
      per_unit: { image: "0.000000000000000001", search: "0.0125" },
    });
    for (const multiply of ["0.5", "1.1", "10", "0.000001", "100.5"]) {
      expect(toRowJson(rowOf({ multiply })).multiply).toBe(multiply);
    }
  });
});

/** All but whose it is. Lists of conditions are sets: their order says nothing. */
function statementOf({ id, provider, model, origin, ...statement }: PriceRow): object {
  const conditions = Object.fromEntries(
    Object.entries(statement.conditions).map(([name, value]) =>
      Array.isArray(value) && value.every((one) => typeof one === "string")
        ? [name, [...new Set(value)].sort()]
        : [name, value],
    ),
  );
  return { ...statement, conditions };
}
