import { randomBytes } from "node:crypto";
import { formatToken, hashSecret, instantFromEpochMs, SECRET_BYTES } from "@ai-usage/core";
import { putToken } from "@ai-usage/store";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { asError, logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";

const { ADMIN_TOKEN_SECRET_ARN: secretArn } = readEnvironment({ ADMIN_TOKEN_SECRET_ARN: variables.text });
const table = tableFromEnvironment();
const secrets = new SecretsManagerClient({});

const TOKEN_ID = "admin";

/** Custom resource of the deployment: makes the first admin token, its hash for the table and itself for the secret. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    if (event.RequestType === "Create") await makeFirstToken();
    await answer(event, { Status: "SUCCESS" });
  } catch (error) {
    logger.error("first token failed", asError(error));
    await answer(event, { Status: "FAILED", Reason: "see the log of the function" });
  }
}

async function makeFirstToken(): Promise<void> {
  const secret = randomBytes(SECRET_BYTES);
  await putToken(table, {
    tokenId: TOKEN_ID,
    name: "first admin token",
    roles: ["admin"],
    secretHash: hashSecret(secret),
    createdAt: instantFromEpochMs(Date.now()),
  });
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      SecretString: JSON.stringify({ token: formatToken(TOKEN_ID, secret) }),
    }),
  );
}

async function answer(
  event: CloudFormationCustomResourceEvent,
  outcome: { Status: "SUCCESS" | "FAILED"; Reason?: string },
): Promise<void> {
  const response = await fetch(event.ResponseURL, {
    method: "PUT",
    body: JSON.stringify({
      ...outcome,
      PhysicalResourceId: "first-admin-token",
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
