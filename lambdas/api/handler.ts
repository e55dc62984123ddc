import { instantFromEpochMs, unpricedPolicies } from "@ai-usage/core";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { handle } from "hono/aws-lambda";
import * as z from "zod";
import { readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { mailFromEnvironment } from "../mail-channel.ts";
import { openPriceSource } from "../price-source.ts";
import { createApi } from "./api.ts";
import { channelSecretKeeper } from "./channel-secret-keeper.ts";
import { notifyFunction } from "./notify-function.ts";

const environment = readEnvironment({
  RESTATE_FUNCTION_NAME: variables.text,
  SCOPE_METADATA_KEYS: variables.list,
  UNPRICED_POLICY: z.enum(unpricedPolicies),
  BUDGET_APPROVAL_ABOVE_AMOUNT: variables.optionalAmount,
  BUDGET_APPROVAL_ABOVE_RATIO: variables.optionalRatio,
  PRICE_REFRESH_SECONDS: variables.seconds.default(20),
  NOTIFY_FUNCTION_NAME: variables.text,
  CHANNEL_SECRET_PREFIX: variables.text,
  CHANNEL_TOPIC_ARNS: variables.list.default([]),
  CHANNEL_FUNCTION_ARNS: variables.list.default([]),
  CHANNEL_ALLOWED_TARGETS: variables.list.default([]),
});
const table = tableFromEnvironment();
const prices = openPriceSource(table, environment.PRICE_REFRESH_SECONDS);
const lambda = new LambdaClient({});
const mail = mailFromEnvironment();

async function startRestatement(restatementId: string): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: environment.RESTATE_FUNCTION_NAME,
      InvocationType: "Event",
      Payload: JSON.stringify({ restatement_id: restatementId }),
    }),
  );
}

/** Every route of the HTTP API but those whose requests are stored by the ingest function. */
export const handler = handle(
  createApi({
    table,
    clock: () => instantFromEpochMs(Date.now()),
    prices,
    scopeMetadataKeys: environment.SCOPE_METADATA_KEYS,
    unpricedPolicy: environment.UNPRICED_POLICY,
    approval: {
      aboveAmount: environment.BUDGET_APPROVAL_ABOVE_AMOUNT,
      aboveRatio: environment.BUDGET_APPROVAL_ABOVE_RATIO,
    },
    channels: {
      builtIn: mail.channels,
      canMail: mail.from !== undefined,
      topicArns: environment.CHANNEL_TOPIC_ARNS,
      functionArns: environment.CHANNEL_FUNCTION_ARNS,
      targetRules: { allow: environment.CHANNEL_ALLOWED_TARGETS },
      secrets: channelSecretKeeper(new SecretsManagerClient({}), environment.CHANNEL_SECRET_PREFIX),
      ...notifyFunction(lambda, environment.NOTIFY_FUNCTION_NAME),
    },
    startRestatement,
  }),
);
