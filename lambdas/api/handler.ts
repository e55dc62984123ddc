import { instantFromEpochMs, unpricedPolicies } from "@ai-usage/core";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { handle } from "hono/aws-lambda";
import * as z from "zod";
import { readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { PriceSource } from "../price-source.ts";
import { createApi } from "./api.ts";

const environment = readEnvironment({
  RESTATE_FUNCTION_NAME: variables.text,
  SCOPE_METADATA_KEYS: variables.list,
  UNPRICED_POLICY: z.enum(unpricedPolicies),
  PRICE_REFRESH_SECONDS: variables.seconds.default(20),
});
const table = tableFromEnvironment();
const prices = new PriceSource(table, { refreshSeconds: environment.PRICE_REFRESH_SECONDS });
const lambda = new LambdaClient({});

async function startRestatement(restatementId: string): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: environment.RESTATE_FUNCTION_NAME,
      InvocationType: "Event",
      Payload: JSON.stringify({ restatement_id: restatementId }),
    }),
  );
}

/** Every route of the HTTP API but `POST /ai_usage`. */
export const handler = handle(
  createApi({
    table,
    clock: () => instantFromEpochMs(Date.now()),
    prices,
    scopeMetadataKeys: environment.SCOPE_METADATA_KEYS,
    unpricedPolicy: environment.UNPRICED_POLICY,
    startRestatement,
  }),
);
