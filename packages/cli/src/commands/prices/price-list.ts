import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../../failures.ts";
import { isObject } from "../../metrics-input.ts";
import { importedProviders } from "./imported-providers.ts";
import { openPublishedPackage } from "./published-package.ts";

/** One provider's prices, as an import takes them. */
export interface PriceList {
  readonly provider: string;
  readonly format: "price-file" | "genai-prices";
  readonly data: unknown;
}

/**
 * Price lists from a file: a price file, or `{"providers": [...]}`.
 * @throws UsageError when it cannot be read
 */
export async function priceListsOfFile(file: string, directory: string): Promise<readonly PriceList[]> {
  const document = await readJsonFile(file, directory);
  const several = isObject(document) && Array.isArray(document.providers) ? document.providers : undefined;
  return (several ?? [document]).map((data: unknown, index): PriceList => {
    if (isObject(data) && typeof data.provider === "string") {
      return { provider: data.provider, format: "price-file", data };
    }
    const where = several ? `${file}, providers[${index}]` : file;
    throw new UsageError(`${where} names no provider: give a price file, or {"providers": [...]} with some`);
  });
}

/**
 * Of the package of published prices that is installed in a directory.
 * @throws UsageError when it is not there
 */
export async function priceListsOfPackage(directory: string): Promise<readonly PriceList[]> {
  const { version, findProvider } = await openPublishedPackage(directory);
  return importedProviders.flatMap(({ sourceId, provider }): PriceList[] => {
    const prices = findProvider(sourceId);
    return prices === undefined
      ? []
      : [{ provider, format: "genai-prices", data: { version, providers: [prices] } }];
  });
}

async function readJsonFile(file: string, directory: string): Promise<unknown> {
  const text = await readFile(resolve(directory, file), "utf8").catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
