import { findConnection } from "@ai-usage/client/connection";
import { fileTransport } from "./delivery/file-transport.ts";
import { httpTransport } from "./delivery/http-transport.ts";
import { type Transport, TransportError } from "./delivery/transport.ts";
import { TrackerConfigurationError } from "./environment/configuration-error.ts";
import type { Environment } from "./environment/environment.ts";

/** An API that a tracker sends to and asks. */
export interface ApiAddress {
  readonly apiUrl: string;
  readonly token: string;
}

/** Where metrics go. */
export interface FarSide {
  readonly transport: Transport;
  /** Unknown where metrics go elsewhere, or nowhere yet. */
  readonly api?: ApiAddress;
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
 * nearby. Where there is none, it is looked for again whenever metrics are to be sent.
 * @throws TrackerConfigurationError when an address has no token, or one of them cannot be one
 */
export function farSide(options: FarSideOptions): FarSide {
  const { transport, apiUrl, token = options.env.AI_USAGE_TOKEN?.trim(), file } = options;
  if (transport !== undefined) return { transport };
  if (apiUrl !== undefined) {
    if (!token)
      throw new TrackerConfigurationError([
        "apiUrl is given without a token: give both, or set AI_USAGE_TOKEN",
      ]);
    return { transport: checkedHttpTransport({ apiUrl, token }), api: { apiUrl, token } };
  }
  if (file !== undefined) return { transport: fileTransport({ path: file }) };
  const { env, cwd } = options;
  if (env.AI_USAGE_API_URL?.trim() && !token)
    throw new TrackerConfigurationError(["AI_USAGE_API_URL is set, but AI_USAGE_TOKEN is not: set both"]);
  const search = () => findConnection({ env: { ...env, ...(token && { AI_USAGE_TOKEN: token }) }, cwd });
  const found = orNothing(search);
  if (found === undefined) return { transport: awaitedTransport({ search, cwd }) };
  const api = { apiUrl: found.apiUrl, token: found.token };
  return { transport: checkedHttpTransport(api), api };
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
