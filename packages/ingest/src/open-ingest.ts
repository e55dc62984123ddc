import { openTable, type Table, tableThrough } from "@ai-usage/store";
import type { Ingest } from "./ingest-request.ts";
import { PriceSource, type PriceSourceOptions } from "./price-source.ts";

/** What of a deployment's settings decides on how metrics are stored. */
export type IngestSettings = Pick<Ingest, "scopeMetadataKeys" | "retentionDays" | "serviceIndex">;

/** Those of a deployment that chooses none. */
export const defaultIngestSettings: IngestSettings = {
  scopeMetadataKeys: ["department", "project", "cost_center"],
  retentionDays: 400,
  serviceIndex: true,
};

export interface OpenIngestOptions extends Partial<IngestSettings>, Partial<PriceSourceOptions> {
  readonly tableName: string;
  /** Stays as it is. @default one of its own, with the environment's region and credentials */
  readonly client?: Parameters<typeof tableThrough>[0];
}

const TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** For an application that stores its metrics itself. */
export function openIngest(options: OpenIngestOptions): Ingest {
  const { tableName, client, refreshSeconds = 20, onProblem, ...settings } = options;
  const table = client === undefined ? ownTable(tableName) : tableThrough(client, tableName);
  const prices = new PriceSource(table, { refreshSeconds, ...(onProblem && { onProblem }) });
  return { ...defaultIngestSettings, ...settings, table, prices };
}

/** The SDK by itself waits for an answer for ever. */
const ownTable = (name: string): Table =>
  openTable(name, {
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
