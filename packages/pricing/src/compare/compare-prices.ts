import { startOfUtcDate, type UtcDate } from "@ai-usage/core";
import type { PricedModel, PriceFile } from "../price-file.ts";
import { isEffective, type PriceRow } from "../price-row.ts";
import { factsOf, factsOfMultiplier, type PriceFact } from "./price-facts.ts";
import { compareTimelines, type DatedFact, type TimelineDifference } from "./price-timeline.ts";

/** One thing in which a price list differs from an earlier edition of itself. */
export interface PriceDifference {
  /** A withdrawal: no longer listed, or announced for a later day and no longer so. */
  readonly kind: "changed" | "withdrawn" | "added";
  readonly provider: string;
  /** `*`: what holds for all models of the provider. */
  readonly model: string;
  /** `model`, `names`, `context window`; or what a price is for, see `PriceFact`. */
  readonly what: string;
  /** Under which conditions, in words; empty: under none. */
  readonly when: string;
  /** How many units the amounts are for; absent where they are words. */
  readonly per?: number;
  readonly before?: string;
  readonly after?: string;
  /** From and until when the two differ; absent: from the beginning, until further notice. */
  readonly from?: string;
  readonly to?: string;
  /** By how much the dearer is dearer, as a part of the cheaper: 1 is twice the price. Absent where nothing compares. */
  readonly size?: number;
}

export interface CompareOptions {
  /** Prices of later days are announcements. */
  readonly today: UtcDate;
}

/** Changes first, the greatest on top, then withdrawals, then additions. */
export function comparePriceFiles(
  before: readonly PriceFile[],
  after: readonly PriceFile[],
  { today }: CompareOptions,
): PriceDifference[] {
  const was = modelsByName(before);
  const is = modelsByName(after);
  const models = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
    compareModels(was.get(name), is.get(name), today),
  );
  const providers = [...new Set([...before, ...after].map(({ provider }) => provider))].flatMap((provider) =>
    compareProviders(provider, before, after, today),
  );
  return [...providers, ...models].sort(byWeight);
}

function modelsByName(files: readonly PriceFile[]): Map<string, PricedModel> {
  const models = new Map<string, PricedModel>();
  for (const model of files.flatMap((file) => file.models)) {
    const name = `${model.provider}/${model.id}`;
    if (!models.has(name)) models.set(name, model);
  }
  return models;
}

function compareModels(
  was: PricedModel | undefined,
  is: PricedModel | undefined,
  today: UtcDate,
): PriceDifference[] {
  const model = is ?? was;
  if (model === undefined) return [];
  const subject = { provider: model.provider, model: model.id };
  if (was === undefined || is === undefined) {
    const summary = summaryOf(model, today);
    return is === undefined
      ? [{ kind: "withdrawn", ...subject, what: "model", when: "", before: summary }]
      : [{ kind: "added", ...subject, what: "model", when: "", after: summary }];
  }
  const facts = ({ rows, contextWindow }: PricedModel) => [
    ...rows.flatMap((row) => dated(row, factsOf(row))),
    ...(contextWindow === undefined
      ? []
      : [{ what: "context window", when: "", value: String(contextWindow) }]),
  ];
  return [
    ...compareNames(subject, "names", was.names, is.names),
    ...compareFacts(subject, facts(was), facts(is), today),
  ];
}

function compareProviders(
  provider: string,
  before: readonly PriceFile[],
  after: readonly PriceFile[],
  today: UtcDate,
): PriceDifference[] {
  const subject = { provider, model: "*" };
  const of = (files: readonly PriceFile[]) => files.filter((file) => file.provider === provider);
  const facts = (files: readonly PriceFile[]) =>
    of(files).flatMap(({ multipliers }) =>
      multipliers.flatMap((one) => dated(one.row, factsOfMultiplier(one))),
    );
  const names = (files: readonly PriceFile[], name: "services" | "fallsBackTo") =>
    of(files).flatMap((file) => file[name]);
  return [
    ...compareNames(subject, "services", names(before, "services"), names(after, "services")),
    ...compareNames(subject, "falls back to", names(before, "fallsBackTo"), names(after, "fallsBackTo")),
    ...compareFacts(subject, facts(before), facts(after), today),
  ];
}

interface Subject {
  readonly provider: string;
  readonly model: string;
}

function compareNames(
  subject: Subject,
  what: string,
  was: readonly string[],
  is: readonly string[],
): PriceDifference[] {
  const gone = was.filter((name) => !is.includes(name)).join(", ");
  const added = is.filter((name) => !was.includes(name)).join(", ");
  return [
    ...(gone === "" ? [] : [{ kind: "withdrawn" as const, ...subject, what, when: "", before: gone }]),
    ...(added === "" ? [] : [{ kind: "added" as const, ...subject, what, when: "", after: added }]),
  ];
}

function compareFacts(
  subject: Subject,
  was: readonly DatedFact[],
  is: readonly DatedFact[],
  today: UtcDate,
): PriceDifference[] {
  const before = byPrice(was);
  const after = byPrice(is);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    compareTimelines(before.get(key) ?? [], after.get(key) ?? []).map((difference) =>
      differenceOf(subject, difference, today),
    ),
  );
}

/** The statements of a list about one price, which hold one after the other. */
function byPrice(facts: readonly DatedFact[]): Map<string, DatedFact[]> {
  const prices = new Map<string, DatedFact[]>();
  for (const fact of facts) {
    const key = `${fact.what}\n${fact.when}`;
    prices.set(key, [...(prices.get(key) ?? []), fact]);
  }
  return prices;
}

function differenceOf(subject: Subject, difference: TimelineDifference, today: UtcDate): PriceDifference {
  const { from, to, before, after } = difference;
  const { what, when, per } = after ?? before ?? { what: "", when: "" };
  const size = sizeOf(before, after);
  return {
    kind: kindOf(difference, today),
    ...subject,
    what,
    when,
    ...(per !== undefined && { per }),
    ...(before && { before: before.value }),
    ...(after && { after: after.value }),
    ...(from && { from }),
    ...(to && { to }),
    ...(size !== undefined && { size }),
  };
}

/** A price that was announced for a later day is withdrawn when what holds before that day is now to go on. */
function kindOf(
  { from, before, after, beforeSteps, afterSteps }: TimelineDifference,
  today: UtcDate,
): PriceDifference["kind"] {
  if (before === undefined) return "added";
  if (after === undefined) return "withdrawn";
  const isAnnouncement = from !== undefined && from.slice(0, 10) > today && beforeSteps && !afterSteps;
  return isAnnouncement ? "withdrawn" : "changed";
}

function sizeOf(before: PriceFact | undefined, after: PriceFact | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [one, other] = [before, after].map(({ value }) => Number(value.replace("× ", "")));
  if (one === undefined || other === undefined || Number.isNaN(one) || Number.isNaN(other)) return undefined;
  return Math.max(one, other) / Math.min(one, other) - 1;
}

function dated({ effectiveFrom, effectiveTo }: PriceRow, facts: readonly PriceFact[]): DatedFact[] {
  return facts.map((fact) => ({
    ...fact,
    ...(effectiveFrom && { from: effectiveFrom }),
    ...(effectiveTo && { to: effectiveTo }),
  }));
}

/** What the model costs today, or from its first day on. */
function summaryOf({ rows }: PricedModel, today: UtcDate): string {
  const holding = rows.filter((row) => isEffective(row, startOfUtcDate(today)));
  const facts = (holding.length > 0 ? holding : rows).flatMap(factsOf);
  return facts.map(({ what, value, when }) => `${what} ${value}${when && ` (${when})`}`).join(", ");
}

const kinds = ["changed", "withdrawn", "added"];

function byWeight(a: PriceDifference, b: PriceDifference): number {
  return (
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    (b.size ?? -1) - (a.size ?? -1) ||
    compareTexts(placeOf(a), placeOf(b))
  );
}

const placeOf = ({ provider, model, what, when, from = "" }: PriceDifference) =>
  [provider, model, what, when, from].join("\n");

const compareTexts = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
