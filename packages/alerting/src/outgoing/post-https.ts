import { lookup as lookUp } from "node:dns/promises";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as encryptedRequest, type RequestOptions } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Instant } from "@ai-usage/core";
import type { SendResult } from "../message.ts";
import { resultOf } from "./answer.ts";
import { connectionProblem } from "./connection-problem.ts";
import { isPublicAddress } from "./public-address.ts";
import { hostOf, isAllowed, portOf, type TargetRules, webhookProblem } from "./target.ts";

export interface OutgoingOptions extends TargetRules {
  /** From the first look at the name to the end of the answer. @default 10 seconds */
  readonly timeoutMs?: number;
  /** All addresses of a host. @default those that the system knows */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Whether an address may be connected to. @default {@link isPublicAddress} */
  readonly mayConnectTo?: (address: string) => boolean;
  /** Certificates (PEM) that are trusted. @default those that Node.js trusts */
  readonly ca?: string;
}

export interface OutgoingMessage {
  readonly url: string;
  /** JSON. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sentAt: Instant;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Posts JSON to somebody else's server, once, without being led anywhere else: the name is looked up one time, all of its
 * addresses must be public, and the connection goes to one of them and to no other. Certificates are checked against the
 * name, redirects are not followed, time and the size of the answer are limited. Nothing of what comes back is kept.
 */
export async function postHttps(
  message: OutgoingMessage,
  options: OutgoingOptions = {},
): Promise<SendResult> {
  const problem = webhookProblem(message.url, options);
  if (problem !== undefined) return refused(`the address ${problem}`);
  const target = new URL(message.url);
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  try {
    const addresses = await within(deadline, addressesOf(target, options));
    if (addresses.length === 0) return failed("the host name has no address");
    if (!isAllowed(target, options) && !addresses.every(options.mayConnectTo ?? isPublicAddress)) {
      return refused("the host has an address that is not public");
    }
    return await exchange({ target, addresses, deadline }, message, options);
  } catch (error) {
    return failed(deadline.aborted ? TOO_SLOW : connectionProblem(error));
  }
}

const TOO_SLOW = "there was no complete answer in time";

const failed = (error: string): SendResult => ({ outcome: "failed", error, permanent: false });
const refused = (error: string): SendResult => ({ outcome: "failed", error, permanent: true });

async function addressesOf(target: URL, { resolve = systemAddresses }: OutgoingOptions) {
  const host = hostOf(target);
  return isIP(host) === 0 ? resolve(host) : [host];
}

async function systemAddresses(host: string): Promise<string[]> {
  const found = await lookUp(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

function within<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.addEventListener("abort", () => reject(deadline.reason), { once: true });
    work.then(resolve, reject);
  });
}

interface Connection {
  readonly target: URL;
  readonly addresses: readonly string[];
  readonly deadline: AbortSignal;
}

function exchange(
  { target, addresses, deadline }: Connection,
  { body, headers, sentAt }: OutgoingMessage,
  { ca }: OutgoingOptions,
): Promise<SendResult> {
  const request = target.protocol === "http:" ? plainRequest : encryptedRequest;
  const parameters: RequestOptions = {
    method: "POST",
    hostname: hostOf(target),
    port: portOf(target),
    path: `${target.pathname}${target.search}`,
    headers: {
      ...headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "ai-usage",
    },
    // A connection of its own: none that was made for another check is used again.
    agent: false,
    lookup: pinnedTo(addresses),
    rejectUnauthorized: true,
    ca,
    signal: deadline,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(parameters, (answer) => {
      const result = resultOf({
        status: answer.statusCode ?? 0,
        retryAfter: answer.headers["retry-after"],
        sentAt,
      });
      const end = result.outcome === "sent" ? drained(answer) : Promise.resolve(true);
      end
        .then((complete) =>
          resolve(complete ? result : refused("answered with more than 64 kB: is it a webhook?")),
        )
        .catch(reject)
        .finally(() => outgoing.destroy());
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Gives the connection the addresses that were checked, whatever the name leads to by now. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = all;
    if (options.all) callback(null, all);
    else if (first) callback(null, first.address, first.family);
  };
}

/** @returns false when there was more than an answer may have */
async function drained(answer: IncomingMessage): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += Buffer.byteLength(chunk);
    if (bytes > ANSWER_BYTES_MAX) return false;
  }
  return true;
}
