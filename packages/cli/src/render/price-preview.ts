import { Money, type Price, type PriceInput } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { type Conditions, conditionsText } from "./conditions.ts";
import { change, exactMoney, isPricedPerMillion } from "./exact-money.ts";
import { printable } from "./format.ts";
import { effectiveText } from "./moments.ts";
import { type Column, table } from "./table.ts";

interface UnitChange {
  readonly unit: string;
  /** Of one unit. */
  readonly before?: string;
  readonly after?: string;
}

const columns: readonly Column<UnitChange>[] = [
  { head: "unit", cell: ({ unit }) => unit },
  { head: "per", cell: ({ unit }) => (isPricedPerMillion(unit) ? "million" : "one") },
  { head: "now", align: "right", cell: ({ unit, before }) => priceText(unit, before) },
  { head: "then", align: "right", cell: ({ unit, after }) => priceText(unit, after) },
  {
    head: "change",
    align: "right",
    cell: ({ before, after }) => (before === undefined || after === undefined ? "" : change(before, after)),
  },
];

/** What a price of one's own would put in the place of the prices there are: a slip of a digit shows in the change. */
export function renderPricePreview(input: PriceInput, current: readonly Price[], { colors }: Style): string {
  const { provider, model_name, when = null, effective_from = null, effective_to = null } = input;
  const conditions = conditionsText(when);
  const heading = `${colors.bold(printable(`${provider}/${model_name}`))}  ${effectiveText(effective_from, effective_to)}${conditions && `  when ${printable(conditions)}`}`;
  if (input.multiply !== undefined) return `${heading}\n× ${input.multiply} on its other prices`;
  // Several lists may have a row for it: the one that is asked first stands first.
  const replaced = current.find((price) => sameConditions(price.when, when) && price.multiply === null);
  const changes = changesOf(replaced, input);
  const lost = changes.filter(({ after }) => after === undefined).map(({ unit }) => unit);
  return [
    heading,
    table(columns, changes, colors),
    ...(replaced
      ? [`now by ${printable(replaced.row_id)}`]
      : ["no price with these conditions is known now"]),
    ...(lost.length > 0 && replaced
      ? [colors.yellow(`calls that use ${lost.join(", ")} become unpriced: this price leaves them out`)]
      : []),
  ].join("\n");
}

function changesOf(price: Price | undefined, input: PriceInput): UnitChange[] {
  const before = price ? perOne({ ...price, per_thousand: {} }) : new Map<string, string>();
  const { input_cost_per_million: sent, output_cost_per_million: received } = input;
  const after = perOne({
    per_million: {
      ...(sent && { input: sent }),
      ...(received && { output: received }),
      ...input.per_million,
    },
    per_thousand: input.per_thousand ?? {},
    per_unit: input.per_unit ?? {},
  });
  const units = [...new Set([...after.keys(), ...before.keys()])];
  return units.map((unit) => ({ unit, before: before.get(unit), after: after.get(unit) }));
}

interface PriceLists {
  readonly per_million: Readonly<Record<string, string | number>>;
  readonly per_thousand: Readonly<Record<string, string | number>>;
  readonly per_unit: Readonly<Record<string, string | number>>;
}

function perOne({ per_million, per_thousand, per_unit }: PriceLists): Map<string, string> {
  const divided = (list: Readonly<Record<string, string | number>>, by: bigint) =>
    Object.entries(list).map(([unit, amount]): [string, string] => [
      unit,
      Money.parse(String(amount)).dividedBy(by).toString(),
    ]);
  return new Map([
    ...divided(per_million, 1_000_000n),
    ...divided(per_thousand, 1000n),
    ...divided(per_unit, 1n),
  ]);
}

function priceText(unit: string, ofOne: string | undefined): string {
  if (ofOne === undefined) return "none";
  return exactMoney(isPricedPerMillion(unit) ? Money.parse(ofOne).times(1_000_000n).toString() : ofOne);
}

function sameConditions(one: Conditions, other: Conditions): boolean {
  return normalText(one) === normalText(other);
}

/** One value and a list of that one are the same condition. */
function normalText(when: Conditions): string {
  const entries = Object.entries(when ?? {}).map(([name, value]) => [name, [value].flat()]);
  return JSON.stringify(entries.toSorted(([a], [b]) => String(a).localeCompare(String(b))));
}
