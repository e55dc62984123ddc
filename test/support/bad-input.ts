import {
  formatToken,
  hashSecret,
  type Instant,
  instantFromEpochMs,
  parseScope,
  SECRET_BYTES,
  type TokenRole,
} from "@ai-usage/core";
import { putToken, type Table } from "@ai-usage/store";
import { expect } from "vitest";
import type { Answer } from "./gateway.ts";

/** A token with a secret that follows from its id. */
export async function newToken(
  table: Table,
  tokenId: string,
  roles: TokenRole[],
  { scopes, ...ended }: { scopes?: string[]; expiresAt?: Instant; revokedAt?: Instant } = {},
): Promise<string> {
  const secret = Buffer.alloc(SECRET_BYTES, tokenId);
  await putToken(table, {
    tokenId,
    name: tokenId,
    roles,
    scopes: scopes?.map(parseScope),
    secretHash: hashSecret(secret),
    createdAt: instantFromEpochMs(0),
    ...ended,
  });
  return formatToken(tokenId, secret);
}

/** Tokens that may do this and that, and one that may do everything for team growth. */
export async function newTokens(table: Table) {
  return {
    ingest: await newToken(table, "ingest", ["ingest"]),
    read: await newToken(table, "read", ["read"]),
    admin: await newToken(table, "admin", ["admin"]),
    growth: await newToken(table, "growth", ["admin"], { scopes: ["team:growth"] }),
  };
}

/** A problem document, 4xx, that names what is wrong, and is not much larger than it has to be. */
export function expectProblem(answer: Answer, status: number, field?: string): void {
  expect([answer.status, answer.contentType]).toEqual([status, "application/problem+json"]);
  expect(answer.body).toMatchObject({
    type: "about:blank",
    title: expect.stringMatching(/.+/),
    status,
    detail: expect.stringMatching(/.+/),
  });
  expect(JSON.stringify(answer.body).length).toBeLessThan(8_000);
  if (field === undefined) return;
  const errors = answer.body.errors as { field: string; message: string }[];
  expect(errors.map((error) => error.field)).toContain(field);
  for (const { message } of errors) expect(message).toMatch(/.+/);
}

export const text = (value: string): string => JSON.stringify(value);

/** JSON text of lists in one another. */
export const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

/** JSON text of an object with that many members. */
export const many = (entries: number): string =>
  `{${Array.from({ length: entries }, (_, index) => `"key_${index}":1`).join(",")}}`;

/**
 * JSON text of an object whose members are JSON text, so that they may be what no JavaScript value would become. A member
 * that is no text at all is left out.
 */
export function objectText(fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields).filter(([, value]) => value !== "");
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}
