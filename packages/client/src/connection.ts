import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { NoConnectionError } from "./errors.ts";

/** Address and token of an API, and where they were found. */
export interface Connection {
  readonly apiUrl: string;
  readonly token: string;
  /** `environment`, or the file that a local stack wrote. */
  readonly source: string;
}

export interface ConnectionSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the search for a local stack begins; it goes on upwards. */
  readonly cwd: string;
}

const WHAT_TO_DO =
  "set AI_USAGE_API_URL and AI_USAGE_TOKEN for a deployed stack, or start one on this machine with `npm start`";

/**
 * AI_USAGE_API_URL with AI_USAGE_TOKEN; or else the local stack whose home is AI_USAGE_HOME, or the nearest
 * `.ai-usage` from `cwd` upwards, with AI_USAGE_TOKEN or else its admin token.
 * @throws NoConnectionError that says what to do
 */
export function findConnection({ env, cwd }: ConnectionSearch): Connection {
  const apiUrl = env.AI_USAGE_API_URL?.trim();
  const token = env.AI_USAGE_TOKEN?.trim();
  if (apiUrl) {
    if (token) return { apiUrl, token, source: "environment" };
    throw new NoConnectionError("AI_USAGE_API_URL is set, but AI_USAGE_TOKEN is not: set both");
  }
  const home = env.AI_USAGE_HOME?.trim();
  const local = home ? readLocalFile(join(resolve(cwd, home), "local.json")) : nearestLocalFile(cwd);
  if (local) return { ...local, token: token || local.token };
  throw new NoConnectionError(
    home
      ? `there is no local stack in AI_USAGE_HOME (${home}): ${WHAT_TO_DO}`
      : `no API is known: ${WHAT_TO_DO}`,
  );
}

function nearestLocalFile(cwd: string): Connection | undefined {
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const found = readLocalFile(join(directory, ".ai-usage", "local.json"));
    if (found || directory === dirname(directory)) return found;
  }
}

function readLocalFile(file: string): Connection | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const local = parseJson(text);
  if (isLocalFile(local)) return { apiUrl: local.api_url, token: local.tokens.admin, source: file };
  throw new NoConnectionError(
    `${file} is not what a local stack writes: start the stack again with \`npm start\``,
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new NoConnectionError(`${file} cannot be read (${String(code)}): ${WHAT_TO_DO}`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLocalFile(local: unknown): local is { api_url: string; tokens: { admin: string } } {
  if (typeof local !== "object" || local === null || !("api_url" in local) || !("tokens" in local))
    return false;
  const { api_url, tokens } = local;
  return (
    typeof api_url === "string" &&
    typeof tokens === "object" &&
    tokens !== null &&
    "admin" in tokens &&
    typeof tokens.admin === "string"
  );
}
