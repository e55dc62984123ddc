import anthropic from "../data/anthropic.json" with { type: "json" };
import google from "../data/google.json" with { type: "json" };
import googlePlaces from "../data/google-places.json" with { type: "json" };
import openai from "../data/openai.json" with { type: "json" };
import { PriceBook } from "./price-book.ts";
import { type PriceFile, parsePriceFile } from "./price-file.ts";

/** The published prices that come with this package: `data/*.json`. */
export const builtInPriceFiles: readonly PriceFile[] = [openai, anthropic, google, googlePlaces].map((file) =>
  parsePriceFile(file),
);

/** @param overrides a deployment's own prices, see `parseOverrides` */
export function builtInPriceBook(overrides: readonly PriceFile[] = []): PriceBook {
  return PriceBook.build(builtInPriceFiles, overrides);
}
