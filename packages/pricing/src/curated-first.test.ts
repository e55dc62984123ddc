import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";
import { curatedFiles, seedFiles } from "./published.ts";

describe("published prices", () => {
  it("are those read in the provider's page by whatever name the seed knows a model", () => {
    const curated = PriceBook.build([curatedFiles.map(parsePriceFile)]);
    const names = seedFiles
      .map(parsePriceFile)
      .flatMap(({ provider, models }) =>
        models.flatMap((model) => model.names.map((name) => [provider, name] as const)),
      )
      .map(([provider, name]) => [provider, name.replaceAll("*", "")] as const)
      .filter(([provider, name]) => curated.find(provider, name).isKnown);
    const book = builtInPriceBook();
    const rowsOf = (of: PriceBook, provider: string, name: string) =>
      of.find(provider, name).candidates[0]?.model.rows.map(({ id, note }) => [id, note]);
    const overruled = names.filter(
      ([provider, name]) =>
        JSON.stringify(rowsOf(book, provider, name)) !== JSON.stringify(rowsOf(curated, provider, name)),
    );
    expect(names.length).toBeGreaterThan(200);
    expect(overruled).toEqual([]);
  });
});
