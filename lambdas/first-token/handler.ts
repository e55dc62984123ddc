import { randomBytes } from "node:crypto";
import { formatToken, hashSecret, instantFromEpochMs, SECRET_BYTES } from "@ai-usage/core";
import { putToken } from "@ai-usage/store";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { answerCloudFormation } from "../custom-resource.ts";
import { asError, logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";

const { ADMIN_TOKEN_SECRET_ARN: secretArn } = readEnvironment({ ADMIN_TOKEN_SECRET_ARN: variables.text });
const table = tableFromEnvironment();
const secrets = new SecretsManagerClient({});

const TOKEN_ID = "admin";
const PHYSICAL_ID = "first-admin-token";

/** Custom resource of the deployment: makes the first admin token, its hash for the table and itself for the secret. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    if (event.RequestType === "Create") await makeFirstToken();
    await answerCloudFormation(event, PHYSICAL_ID, { Status: "SUCCESS" });
  } catch (error) {
    logger.error("first token failed", asError(error));
    const Reason = "see the log of the function";
    await answerCloudFormation(event, PHYSICAL_ID, { Status: "FAILED", Reason });
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
