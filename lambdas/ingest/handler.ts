import { instantFromEpochMs } from "@ai-usage/core";
import { type Ingest, ingestRequest, outcomesRequest } from "@ai-usage/ingest";
import { isListOfOutcomes, ProblemError } from "@ai-usage/wire";
import { asError, logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { openPriceSource } from "../price-source.ts";
import { answerHttp } from "./http.ts";
import { isHttpEvent } from "./http-event.ts";
import { answerTraces, TRACES_PATH } from "./traces.ts";

const environment = readEnvironment({
  RETENTION_DAYS: variables.days,
  METRIC_INDEX: variables.onOff,
  SCOPE_METADATA_KEYS: variables.list,
  PRICE_REFRESH_SECONDS: variables.seconds.default(20),
});

const table = tableFromEnvironment();

const ingest: Ingest = {
  table,
  prices: openPriceSource(table, environment.PRICE_REFRESH_SECONDS),
  scopeMetadataKeys: environment.SCOPE_METADATA_KEYS,
  retentionDays: environment.RETENTION_DAYS,
  serviceIndex: environment.METRIC_INDEX,
};

/**
 * Behind `POST /ai_usage`, `POST /outcomes` and `POST /v1/traces`, or invoked directly with the same body as payload (of outcomes, as a list):
 * then IAM has said who may.
 */
export async function handler(event: unknown): Promise<unknown> {
  const now = instantFromEpochMs(Date.now());
  if (isHttpEvent(event)) {
    const answer = event.rawPath === TRACES_PATH ? answerTraces : answerHttp;
    return answer(ingest, event, now);
  }
  try {
    const request = isListOfOutcomes(event) ? outcomesRequest : ingestRequest;
    return (await request(ingest, event, now)).body;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    logger.error("ingest failed", asError(error));
    throw error;
  }
}
