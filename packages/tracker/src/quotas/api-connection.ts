import { findApi } from "../api-address.ts";
import type { Environment } from "../environment/environment.ts";
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
    const api = findApi(connection);
    const { openApiClient } = await import("./asking.ts");
    opened ??= openApiClient(api);
    return opened;
  };
}
