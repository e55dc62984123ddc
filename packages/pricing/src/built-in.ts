import { createHash } from "node:crypto";
import { PriceBook } from "./price-book.ts";
import { openPriceFile, type PriceFile } from "./price-file.ts";
import { curatedFiles, seedFiles } from "./published.ts";

/** The published prices that come with this package: read in the providers' pages, and then the seed. */
export const builtInPriceFiles: readonly PriceFile[] = [
  ...curatedFiles.map((file) => openPriceFile(file, "published")),
  ...seedFiles.map((file) => openPriceFile(file, "seed")),
];

/** @param ownLayers a deployment's own prices, those that win first, see `parseOwnPrices` */
export function builtInPriceBook(ownLayers: readonly (readonly PriceFile[])[] = []): PriceBook {
  return PriceBook.build([...ownLayers, builtInPriceFiles]);
}

/** Names the published prices of this version: another text when any of them is another. */
export function builtInPriceBookId(): string {
  const hash = createHash("sha256");
  for (const file of [...curatedFiles, ...seedFiles]) hash.update(JSON.stringify(file));
  return hash.digest("base64url").slice(0, 12);
}
