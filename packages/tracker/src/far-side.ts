import { type ApiAddress, findApi } from "./api-address.ts";
import { fileTransport } from "./delivery/file-transport.ts";
import { httpTransport } from "./delivery/http-transport.ts";
import { type Transport, TransportError } from "./delivery/transport.ts";
import { TrackerConfigurationError } from "./environment/configuration-error.ts";
import type { Environment } from "./environment/environment.ts";

/** Where metrics go, and which API is there besides. */
export interface FarSide {
  readonly transport: Transport;
  /** Budgets are asked of it, and outcomes go to it. Absent while none is known, and beside another transport unless it is named. */
  readonly api?: ApiAddress;
  /** Whether metrics go there that have waited for an API to be known. */
  readonly takesWhatWaited?: boolean;
}

export interface FarSideOptions {
  readonly transport?: Transport;
  readonly apiUrl?: string;
  readonly token?: string;
  readonly file?: string;
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * The transport that was given; or else the API that was; or else the file; or else the API of the environment or of a local stack
 * nearby. Where there is none, it is looked for again whenever metrics are to be sent. Beside a transport or a file no local stack is
 * looked for: who sends metrics elsewhere shall not find outcomes there.
 * @throws TrackerConfigurationError when an address has no token, or one of them cannot be one
 */
export function farSide(options: FarSideOptions): FarSide {
  const { transport, apiUrl, token, file, env, cwd } = options;
  const api = namedApi(options);
  const toApi = api && checkedHttpTransport(api);
  if (transport !== undefined) return { transport, ...(api && { api }) };
  if (file !== undefined && apiUrl === undefined)
    return { transport: fileTransport({ path: file }), ...(api && { api }) };
  if (api && toApi) return { transport: toApi, api, takesWhatWaited: true };
  const search = () => findApi({ ...(token !== undefined && { token }), env, cwd });
  const found = orNothing(search);
  if (found === undefined) return { transport: awaitedTransport({ search, cwd }) };
  return { transport: checkedHttpTransport(found), api: found, takesWhatWaited: true };
}

/** The API that the options name, or else the environment. */
function namedApi({ transport, file, env, ...options }: FarSideOptions): ApiAddress | undefined {
  const { apiUrl = env.AI_USAGE_API_URL?.trim() || undefined, token = env.AI_USAGE_TOKEN?.trim() } = options;
  if (apiUrl === undefined) return undefined;
  if (token) return { apiUrl, token };
  if (options.apiUrl !== undefined)
    throw new TrackerConfigurationError([
      "apiUrl is given without a token: give both, or set AI_USAGE_TOKEN",
    ]);
  // They need no API, and a job of CI that may not see the token has the address all the same.
  if (transport !== undefined || file !== undefined) return undefined;
  throw new TrackerConfigurationError(["AI_USAGE_API_URL is set, but AI_USAGE_TOKEN is not: set both"]);
}

function checkedHttpTransport(api: ApiAddress): Transport {
  try {
    return httpTransport(api);
  } catch (error) {
    throw new TrackerConfigurationError([messageOf(error)], { cause: error });
  }
}

function orNothing<Found>(search: () => Found): Found | undefined {
  try {
    return search();
  } catch {
    return undefined;
  }
}

/** What metrics of a directory wait for while no API is known there. */
export const unknownDestination = (cwd: string): Pick<Transport, "name" | "destination"> => ({
  name: "unknown",
  destination: `an API that is not known yet, for what runs in ${cwd}`,
});

/** Sends to an API as soon as one is known: when somebody starts a local stack, say. Until then metrics wait in the spool. */
function awaitedTransport({ search, cwd }: { search: () => ApiAddress; cwd: string }): Transport {
  let known: Transport | undefined;
  const transport = (): Transport => {
    try {
      known ??= httpTransport(search());
      return known;
    } catch (error) {
      const message = `calls are metered, but kept on this machine: ${messageOf(error)}`;
      throw new TransportError(message, { reason: "misconfigured", cause: error });
    }
  };
  return standingFor(transport, cwd);
}

/** The same other side, for what waits for an API that is not known. */
export const standingFor = (transport: () => Transport, cwd: string): Transport => ({
  ...unknownDestination(cwd),
  send: async (lines) => transport().send(lines),
  clockAheadMs: async () => transport().clockAheadMs?.(),
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
