import { type Instant, type Period, periodAt, type UsageUnit } from "@ai-usage/core";
import { type Attodollars, parseUnitPrice } from "./attodollars.ts";
import type { JsonNode } from "./json-node.ts";

/** A graduated price: what a unit costs depends on how many of it came before in the month. */
export interface VolumePricing {
  readonly unit: UsageUnit;
  /** What is counted together: several models or operations may share a meter. */
  readonly meter: string;
  /** Whose calendar the months are of. */
  readonly timeZone: string;
  /** By rising `upTo`; the last has none. */
  readonly steps: readonly VolumeStep[];
}

interface VolumeStep {
  /** Up to this many in the month, included. Absent: all further ones. */
  readonly upTo?: number;
  readonly unitPrice: Attodollars;
}

/** The one billing account of those who name none. */
const SOLE_ACCOUNT = "default";

/** Names the volume that an event counts in. `#` stands in no name, so no two volumes share an id. */
export function volumeIdOf(
  provider: string,
  { meter, timeZone }: VolumePricing,
  event: { readonly at: Instant; readonly billingAccount?: string | undefined },
): string {
  const month = monthAt(event.at, timeZone);
  return [provider, meter, event.billingAccount ?? SOLE_ACCOUNT, month].join("#");
}

/** The month that was asked for last in each zone: to find one takes ten times as long as all the rest of a quote. */
const lastMonths = new Map<string, Period>();

function monthAt(at: Instant, timeZone: string): string {
  const last = lastMonths.get(timeZone);
  if (last !== undefined && last.start <= at && at < last.end) return last.id;
  const month = periodAt("monthly", at, { timeZone });
  lastMonths.set(timeZone, month);
  return month.id;
}

/** The slices of `[before, before + quantity)` that lie in one step each: an event that crosses a step is split. */
export function slicesOf(
  { steps }: VolumePricing,
  before: number,
  quantity: number,
): { quantity: number; unitPrice: Attodollars }[] {
  const slices: { quantity: number; unitPrice: Attodollars }[] = [];
  let at = before;
  const end = before + quantity;
  for (const { upTo = Number.POSITIVE_INFINITY, unitPrice } of steps) {
    if (at >= end) break;
    const until = Math.min(end, upTo);
    if (until <= at) continue;
    slices.push({ quantity: until - at, unitPrice });
    at = until;
  }
  return slices;
}

export function readVolume(node: JsonNode, readUnit: (node: JsonNode) => UsageUnit): VolumePricing {
  const fields = node.members(["unit", "meter", "period", "time_zone", "steps"], []);
  if (fields.period && fields.period.value !== "month") fields.period.report('must be "month"');
  const meter = fields.meter?.text() ?? "";
  if (meter.includes("#")) fields.meter?.report("must not contain #");
  const steps = (fields.steps?.someItems("steps") ?? []).map(readStep);
  steps.forEach(({ upTo }, index) => {
    const before = steps[index - 1]?.upTo ?? 0;
    const isLast = index === steps.length - 1;
    if (isLast !== (upTo === undefined)) fields.steps?.report("must all have up_to, but for the last");
    if (upTo !== undefined && upTo <= before) fields.steps?.report("must have rising up_to");
  });
  return {
    unit: fields.unit ? readUnit(fields.unit) : "request",
    meter,
    timeZone: fields.time_zone?.timeZone() ?? "UTC",
    steps,
  };
}

function readStep(node: JsonNode): VolumeStep {
  const fields = node.members([], ["up_to", "per_unit", "per_thousand"]);
  const price = fields.per_unit ?? fields.per_thousand;
  if ((fields.per_unit === undefined) === (fields.per_thousand === undefined))
    node.report("must have per_unit or per_thousand, one of the two");
  const per = fields.per_unit ? 1 : 1000;
  const unitPrice = typeof price?.value === "string" ? parseUnitPrice(price.value, per) : undefined;
  if (price && unitPrice === undefined) price.report('must be US dollars as text, like "2.83"');
  const upTo = fields.up_to?.wholeNumber();
  return { ...(upTo !== undefined && { upTo }), unitPrice: unitPrice ?? 0n };
}
