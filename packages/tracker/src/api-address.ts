import { findConnection } from "@ai-usage/client/connection";
import type { Environment } from "./environment/environment.ts";

/** An API that a tracker sends to and asks. */
export interface ApiAddress {
  readonly apiUrl: string;
  readonly token: string;
}

interface ApiSearch extends Partial<ApiAddress> {
  /** @default process.env */
  readonly env?: Environment;
  /** @default process.cwd() */
  readonly cwd?: string;
}

/**
 * The API that is given, or else the environment's, or else the local stack's nearby. A token that is given goes before theirs.
 * @throws NoConnectionError that says what to do
 */
export function findApi({ apiUrl, token, env = process.env, cwd = process.cwd() }: ApiSearch): ApiAddress {
  if (apiUrl !== undefined && token !== undefined) return { apiUrl, token };
  const given = { ...(apiUrl && { AI_USAGE_API_URL: apiUrl }), ...(token && { AI_USAGE_TOKEN: token }) };
  const found = findConnection({ cwd, env: { ...env, ...given } });
  return { apiUrl: found.apiUrl, token: found.token };
}
