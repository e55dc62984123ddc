import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether a request comes from ai-usage, is whole, and is from now. `body` is the text as it came, not parsed. */
export function isGenuine(body: string, signature: string, secret: string, nowMs = Date.now()): boolean {
  const { t = "", v1 = "" } = Object.fromEntries(signature.split(",").map((part) => part.split("=")));
  const expected = Buffer.from(createHmac("sha256", secret).update(`${t}.${body}`).digest("hex"));
  const given = Buffer.from(v1);
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  return isSigned && Math.abs(nowMs / 1000 - Number(t)) < 300;
}
