import { createHmac } from "node:crypto";
import { epochMsOf, type Instant } from "@ai-usage/core";

export const SIGNATURE_HEADER = "X-AIUsage-Signature";
export const DELIVERY_HEADER = "X-AIUsage-Delivery";

/**
 * `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`: the time is signed too, so that a request that somebody keeps
 * cannot be used again later.
 */
export function signatureOf(body: string, secret: string, at: Instant): string {
  const seconds = Math.floor(epochMsOf(at) / 1000);
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${digest}`;
}
