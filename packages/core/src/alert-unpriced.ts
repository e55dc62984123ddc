import { createHash } from "node:crypto";
import type { PriceSubject, UnpricedModelAlert } from "./alert.ts";
import { scopeOf } from "./scope.ts";
import { type Instant, type UtcDate, utcDateOf } from "./time.ts";

/** The alert that is due on the day of `now` when `subject` was seen to have calls without a price. */
export function unpricedModelAlert(input: {
  subject: PriceSubject;
  callDate: UtcDate;
  unpricedCalls: number;
  firstDate: UtcDate;
  now: Instant;
}): UnpricedModelAlert {
  const { subject, callDate, unpricedCalls, firstDate, now } = input;
  const { service, model, operation } = subject;
  const date = utcDateOf(now);
  return {
    alertId: `unpriced.${idPart(service, SERVICE_PART)}.${modelPart(subject)}.${date}`,
    kind: "unpriced_model",
    scope: model === undefined ? scopeOf("service", service) : scopeOf("model", model),
    level: "WARNING",
    service,
    model,
    operation,
    date,
    callDate,
    unpricedCalls,
    firstDate,
    raisedAt: now,
    state: "open",
    notify: true,
  };
}

// Parts of an id are joined by dots. The date at its end has none, so only one of the two names may: the model's.
const SERVICE_PART = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const MODEL_PART = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const HASH_DIGITS = 16;

/** An operation is marked, because a model may have the same name. */
function modelPart({ model, operation }: PriceSubject): string {
  return model === undefined ? `~${idPart(operation, MODEL_PART)}` : idPart(model, MODEL_PART);
}

/** A name as it is; or without what has no place in a key or a path, and with a hash that keeps it apart from others. */
function idPart(name: string, plain: RegExp): string {
  if (plain.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS);
  return `${name.replace(/[^A-Za-z0-9_-]/g, "-")}~${hash}`;
}
