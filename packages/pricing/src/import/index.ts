export { importGenaiPrices } from "./import-genai-prices.ts";
export type { ImportedFile } from "./imported-file.ts";
export { importedProviders } from "./imported-providers.ts";
export { keepProvenance } from "./keep-provenance.ts";
export type { SourceProvider } from "./source-format.ts";
