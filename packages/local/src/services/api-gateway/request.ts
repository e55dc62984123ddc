import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ACCOUNT_ID } from "../../template/physical-ids.ts";

/** One request in the words of payload format 2.0, before a route is known. */
export interface GatewayRequest {
  readonly method: string;
  /** API Gateway hands the path on percent-decoded, the query string as it came. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly queryStringParameters: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/** @returns undefined for a path whose percent-encoding is broken */
export function readRequest(incoming: IncomingMessage, apiId: string): GatewayRequest | undefined {
  const [encodedPath = "/", ...query] = (incoming.url ?? "/").split("?");
  const rawPath = decodePath(encodedPath);
  if (rawPath === undefined) return undefined;
  const rawQueryString = query.join("?");
  const headers = readHeaders(incoming.rawHeaders);
  const { cookie, ...otherHeaders } = headers;
  const method = incoming.method ?? "GET";
  return {
    method,
    rawPath,
    rawQueryString,
    headers: otherHeaders,
    cookies: cookie === undefined ? [] : cookie.split(/;\s*/),
    queryStringParameters: joinRepeated(new URLSearchParams(rawQueryString)),
    requestContext: requestContext({ incoming, method, rawPath, headers, apiId }),
  };
}

export function isTextBody(headers: Readonly<Record<string, string>>): boolean {
  if (headers["content-encoding"] !== undefined) return false;
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "text/plain";
  return /^(text\/.*|application\/(.*\+)?(json|xml)|application\/javascript)$/.test(type);
}

interface ContextInput {
  readonly incoming: IncomingMessage;
  readonly method: string;
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly apiId: string;
}

function requestContext({ incoming, method, rawPath, headers, apiId }: ContextInput) {
  const now = new Date();
  const host = headers.host ?? "localhost";
  return {
    accountId: ACCOUNT_ID,
    apiId,
    domainName: host,
    domainPrefix: host.split(".")[0],
    http: {
      method,
      path: rawPath,
      protocol: `HTTP/${incoming.httpVersion}`,
      sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
      userAgent: headers["user-agent"] ?? "",
    },
    requestId: randomUUID(),
    stage: "$default",
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  };
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function readHeaders(raw: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? "";
    const value = raw[index + 1] ?? "";
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}${name === "cookie" ? "; " : ","}${value}`);
  }
  return Object.fromEntries(headers);
}

function joinRepeated(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(",")]),
  );
}

/** `22/Nov/2026:01:18:00 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(/[ ,]+/);
  return `${day}/${month}/${year}:${clock} +0000`;
}
