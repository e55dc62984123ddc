import { instantFromEpochMs, isUsable, parseToken, secretMatches } from "@ai-usage/core";
import { findToken } from "@ai-usage/store";
import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from "aws-lambda";
import { toAuthorizerContext } from "../caller.ts";
import { tableFromEnvironment } from "../environment.ts";

const table = tableFromEnvironment();

type Answer = APIGatewaySimpleAuthorizerWithContextResult<Record<string, string>>;

/** Says whether a token is known and in force. What it may do is for the function behind to say. */
export async function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<Answer> {
  const [, bearer = ""] = /^Bearer ([\x21-\x7e]{1,128})$/i.exec(event.headers?.authorization ?? "") ?? [];
  const presented = parseToken(bearer);
  const token = presented && (await findToken(table, presented.tokenId));
  if (!token || !secretMatches(presented.secret, token.secretHash)) return refused;
  if (!isUsable(token, instantFromEpochMs(Date.now()))) return refused;
  return { isAuthorized: true, context: toAuthorizerContext(token) };
}

const refused: Answer = { isAuthorized: false, context: {} };
