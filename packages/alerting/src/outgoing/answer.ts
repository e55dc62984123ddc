import { epochMsOf, type Instant } from "@ai-usage/core";
import type { SendResult } from "../message.ts";

const HOUR_MS = 3_600_000;

/** Statuses of a moment: the same message may be taken later. */
const TEMPORARY = new Set([408, 421, 425, 429]);

/**
 * What a status says about a message.
 * @param retryAfter the header as it came
 */
export function resultOf(answer: {
  status: number;
  retryAfter: string | undefined;
  sentAt: Instant;
}): SendResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: "sent", status };
  if (status >= 300 && status < 400) {
    const error = "answered with a redirect, which is not followed: give the address that it leads to";
    return { outcome: "failed", error, status, permanent: true };
  }
  const permanent = status < 500 && !TEMPORARY.has(status);
  const retryAfterMs = permanent ? undefined : retryAfterMsOf(answer.retryAfter, answer.sentAt);
  return {
    outcome: "failed",
    error: `answered with status ${status}`,
    status,
    permanent,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Seconds or a date, as RFC 9110 (10.2.3) has it. Nobody is waited for longer than an hour. */
function retryAfterMsOf(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - epochMsOf(now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), HOUR_MS);
}
