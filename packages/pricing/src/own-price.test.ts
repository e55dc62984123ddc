import { describe, expect, it } from "vitest";
import { InvalidPriceFileError } from "./errors.ts";
import { anOwnPrice } from "./fixtures.ts";
import { conflictsOf, ownPriceId, ownPriceRow, toOwnPrice } from "./own-price.ts";

const row = { source: "contract", per_million: { input: "1" } };
const stated = { provider: "acme", model: "nova-1", names: [], services: [], isActive: true, row };

describe("own price", () => {
  it("is kept in one form, its names in lower case", () => {
    const price = toOwnPrice({
      ...stated,
      provider: "ACME",
      model: "Nova-1 ",
      names: ["Nova", "nova"],
      row: { ...row, when: { tier: ["batch"] }, effective_from: "2026-06-01T00:00:00Z" },
    });
    expect(price).toMatchObject({
      provider: "acme",
      model: "nova-1",
      names: ["nova"],
      row: { when: { tier: "batch" }, effective_from: "2026-06-01", per_million: { input: "1" } },
    });
  });

  it("has an id that follows from provider, model, conditions and beginning", () => {
    const idOf = (given: object, fields: object = {}) =>
      toOwnPrice({ ...stated, ...given, row: { ...row, ...fields } }).priceId;
    const batch = { when: { tier: "batch" }, effective_from: "2026-06-01" };
    expect(idOf({}, batch)).toMatch(/^prc_[0-9a-f]{16}$/);
    expect(idOf({ model: "NOVA-1" }, { ...batch, per_million: { input: "2" }, note: "other" })).toBe(
      idOf({}, batch),
    );
    expect(idOf({}, { ...batch, when: { tier: ["batch"] }, effective_from: "2026-06-01T00:00:00Z" })).toBe(
      idOf({}, batch),
    );
    const others = [
      idOf({ provider: "other" }, batch),
      idOf({ model: "nova-2" }, batch),
      idOf({}, { ...batch, effective_from: "2026-06-02" }),
      idOf({}, { ...batch, when: { tier: "flex" } }),
      idOf({}, { when: batch.when }),
    ];
    expect(new Set([...others, idOf({}, batch)]).size).toBe(6);
  });

  it("has the id that the price book's row of it has", () => {
    const price = anOwnPrice({ ...row, when: { region: ["us", "eu"], prompt_over: 1000 } });
    expect(ownPriceId(ownPriceRow(price))).toBe(price.priceId);
  });

  it.each<[string, object, string]>([
    ["a wrong amount", { per_million: { input: "1,5" } }, "per_million, input"],
    ["an unknown unit", { per_unit: { smile: "1" } }, "per_unit, smile"],
    ["no price", { per_million: undefined }, "(body)"],
    ["an unknown condition", { when: { mood: "good" } }, "when, mood"],
    ["a wrong tier", { when: { tier: [5] } }, "when, tier[0]"],
    ["a wrong day", { effective_from: "soon" }, "effective_from"],
  ])("is refused with %s, and says which field", (_, fields, where) => {
    const read = () => toOwnPrice({ ...stated, row: JSON.parse(JSON.stringify({ ...row, ...fields })) });
    expect(read).toThrow(InvalidPriceFileError);
    try {
      read();
    } catch (error) {
      expect(error instanceof InvalidPriceFileError && error.problems[0]?.where).toBe(where);
    }
  });
});

describe("own prices beside one another", () => {
  const price = anOwnPrice({ per_million: { input: "1" }, effective_from: "2026-06-01" });

  it("follow one another: one without an end holds until the next begins", () => {
    const next = anOwnPrice({ per_million: { input: "2" }, effective_from: "2026-07-01" });
    expect(conflictsOf(next, [price])).toEqual([]);
  });

  it("may not hold at the same time", () => {
    const inside = anOwnPrice({
      per_million: { input: "2" },
      effective_from: "2026-06-15",
      effective_to: "2026-09-01",
    });
    const later = anOwnPrice({ per_million: { input: "3" }, effective_from: "2026-07-01" });
    expect(conflictsOf(inside, [price])).toEqual([]);
    expect(conflictsOf(inside, [price, later])).toMatchObject([{ where: "effective_from" }]);
  });

  it("may not share a name", () => {
    const named = anOwnPrice({ per_million: { input: "2" } }, { model: "nova-2", names: ["nova-1"] });
    expect(conflictsOf(named, [price])).toMatchObject([
      { where: "names", message: '"nova-1" is a name of nova-1 already' },
    ]);
    const same = anOwnPrice({ per_million: { input: "2" } }, { model: "nova" });
    const taken = anOwnPrice({ per_million: { input: "2" } }, { names: ["nova"] });
    expect(conflictsOf(same, [taken])).toMatchObject([{ where: "model_name" }]);
  });

  it("do not stand in the way when they are not active", () => {
    const off = anOwnPrice(
      { per_million: { input: "2" } },
      { names: ["nova-1"], model: "x", isActive: false },
    );
    expect(conflictsOf(off, [price])).toEqual([]);
  });
});
