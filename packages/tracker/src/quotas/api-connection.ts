import { findConnection } from "@ai-usage/client/connection";
import type { Environment } from "../environment/environment.ts";
import type { ApiAddress } from "../far-side.ts";
import type { openApiClient } from "./asking.ts";

/** Which API is asked. */
export interface ApiConnection {
  /** Output `ApiUrl` of the deployed stack. @default AI_USAGE_API_URL, or else the local stack's */
  readonly apiUrl?: string;
  /** One with the role `read`, limited to what is asked about or not limited. @default AI_USAGE_TOKEN, or else the local stack's */
  readonly token?: string;
  /** @default process.env */
  readonly env?: Environment;
  /** @default process.cwd() */
  readonly cwd?: string;
}

export type ApiClient = ReturnType<typeof openApiClient>;

/** @returns what gives the API's client, which is loaded when it is first asked for; it rejects with NoConnectionError while no API is known */
export function apiOf(connection: ApiConnection): () => Promise<ApiClient> {
  let opened: ApiClient | undefined;
  return async () => {
    if (opened !== undefined) return opened;
    const api = addressOf(connection);
    const { openApiClient } = await import("./asking.ts");
    opened ??= openApiClient(api);
    return opened;
  };
}

function addressOf({ apiUrl, token, env = process.env, cwd = process.cwd() }: ApiConnection): ApiAddress {
  if (apiUrl !== undefined && token !== undefined) return { apiUrl, token };
  const given = { ...(apiUrl && { AI_USAGE_API_URL: apiUrl }), ...(token && { AI_USAGE_TOKEN: token }) };
  const found = findConnection({ cwd, env: { ...env, ...given } });
  return { apiUrl: found.apiUrl, token: found.token };
}
