import { instantFromEpochMs } from "@ai-usage/core";
import { ProblemError } from "@ai-usage/wire";
import { asError, logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { PriceSource } from "../price-source.ts";
import { answerHttp, isHttpEvent } from "./http.ts";
import { type Ingest, ingestRequest } from "./ingest.ts";

const environment = readEnvironment({
  RETENTION_DAYS: variables.days,
  METRIC_INDEX: variables.onOff,
  SCOPE_METADATA_KEYS: variables.list,
  PRICE_REFRESH_SECONDS: variables.seconds.default(20),
});

const table = tableFromEnvironment();

const ingest: Ingest = {
  table,
  prices: new PriceSource(table, { refreshSeconds: environment.PRICE_REFRESH_SECONDS }),
  scopeMetadataKeys: environment.SCOPE_METADATA_KEYS,
  retentionDays: environment.RETENTION_DAYS,
  serviceIndex: environment.METRIC_INDEX,
};

/** Behind `POST /ai_usage`, or invoked directly with the same body as payload: then IAM has said who may. */
export async function handler(event: unknown): Promise<unknown> {
  const now = instantFromEpochMs(Date.now());
  if (isHttpEvent(event)) return answerHttp(ingest, event, now);
  try {
    return (await ingestRequest(ingest, event, now)).body;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    logger.error("ingest failed", asError(error));
    throw error;
  }
}
