export { type Ingest, ingestRequest } from "./ingest-request.ts";
export {
  defaultIngestSettings,
  type IngestSettings,
  type OpenIngestOptions,
  openIngest,
} from "./open-ingest.ts";
export { type OutcomeIngest, outcomesRequest } from "./outcomes-request.ts";
export { type CurrentPrices, PriceSource, type PriceSourceOptions } from "./price-source.ts";
