import { type ApiToken, type Instant, parseScope, tokenRoles } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import { listingKey, listings, tokenKey } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** Stores a token, over one of the same id if there is one. */
export async function putToken(table: Table, token: ApiToken): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: toTokenItem(token) }));
}

export async function findToken(table: Table, tokenId: string): Promise<ApiToken | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: tokenKey(tokenId), ConsistentRead: true }),
  );
  return item && fromTokenItem(item);
}

export function listTokens(table: Table, request: PageRequest): Promise<Page<ApiToken>> {
  return listEntities(table, listings.tokens, request, fromTokenItem);
}

/** @returns the token, revoked now or before, or nothing when there is none of that id */
export async function revokeToken(
  table: Table,
  tokenId: string,
  now: Instant,
): Promise<ApiToken | undefined> {
  try {
    const { Attributes: item } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: tokenKey(tokenId),
        UpdateExpression: "SET revoked_at = if_not_exists(revoked_at, :now)",
        ConditionExpression: "attribute_exists(PK)",
        ExpressionAttributeValues: { ":now": now },
        ReturnValues: "ALL_NEW",
      }),
    );
    return item && fromTokenItem(item);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function toTokenItem(token: ApiToken): Item {
  return {
    ...tokenKey(token.tokenId),
    ...listingKey(listings.tokens, token.createdAt, token.tokenId),
    token_id: token.tokenId,
    name: token.name,
    roles: token.roles,
    scopes: token.scopes,
    secret_hash: token.secretHash,
    created_at: token.createdAt,
    token_expires_at: token.expiresAt,
    revoked_at: token.revokedAt,
  };
}

/** @throws InvalidItemError naming the attribute that is not what a token has */
export function fromTokenItem(item: Item): ApiToken {
  const read = new ItemReader(item);
  return {
    tokenId: read.text("token_id"),
    name: read.text("name"),
    roles: read.texts("roles").map(roleOf),
    scopes: read.has("scopes") ? read.texts("scopes").map(parseScope) : undefined,
    secretHash: read.text("secret_hash"),
    createdAt: read.instant("created_at"),
    expiresAt: read.optionalInstant("token_expires_at"),
    revokedAt: read.optionalInstant("revoked_at"),
  };
}

function roleOf(text: string): ApiToken["roles"][number] {
  const role = tokenRoles.find((candidate) => candidate === text);
  if (!role) throw new InvalidItemError("roles", `is none of ${tokenRoles.join(", ")}`);
  return role;
}
