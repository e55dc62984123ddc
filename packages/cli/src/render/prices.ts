import { type NewPrice, type Price, plusDays } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { conditionsText, volumeText } from "./conditions.ts";
import { exactMoney } from "./exact-money.ts";
import { count, printable } from "./format.ts";
import { effectiveText } from "./moments.ts";
import { type Column, fittingTable, layOut } from "./table.ts";

const NONE = "No prices there. Set one: ai-usage prices set --provider … --model … --input-per-million …";

const columns: readonly Column<Price>[] = [
  { head: "provider", cell: ({ provider }) => provider },
  { head: "model", cuts: true, cell: ({ model }) => model },
  { head: "when", cuts: true, cell: ({ when }) => conditionsText(when) },
  { head: "holds", cell: ({ effective_from, effective_to }) => effectiveText(effective_from, effective_to) },
  { head: "", cell: originOf },
  { head: "US dollars", cuts: true, cell: pricesText },
];

/** A line a row. */
export function renderPriceList(prices: readonly Price[], style: Style): string {
  return prices.length === 0 ? NONE : fittingTable(columns, prices, style);
}

function originOf({ own, verified }: Price): string {
  if (own) return "own";
  return verified ? "" : "unchecked";
}

/** What most calls are about: it stays to be seen where a line is cut. */
const FIRST = ["output", "input"];

/** `input 2.50, output 10.00 per million; search 0.01 each` */
function pricesText(price: Price): string {
  const list = (amounts: Readonly<Record<string, string>>) =>
    Object.entries(amounts)
      .toSorted(([one], [other]) => FIRST.indexOf(other) - FIRST.indexOf(one))
      .map(([unit, amount]) => `${unit} ${exactMoney(amount).slice(1)}`)
      .join(", ");
  const parts = [
    ...(price.multiply === null ? [] : [`× ${price.multiply}`]),
    ...(Object.keys(price.per_million).length > 0 ? [`${list(price.per_million)} per million`] : []),
    ...(Object.keys(price.per_unit).length > 0 ? [`${list(price.per_unit)} each`] : []),
    ...(price.volume ? ["by the month's volume"] : []),
    ...(price.is_active === false ? ["not in force"] : []),
  ];
  return parts.join("; ");
}

/** All that is known of each row. */
export function renderPrices(prices: readonly Price[], { colors }: Style): string {
  return prices.map((price) => renderPrice(price, colors)).join("\n\n");
}

export function renderPrice(price: Price, colors: Colors): string {
  const { provider, model, when, effective_from, effective_to } = price;
  const heading = `${colors.bold(printable(`${provider}/${model}`))}  ${effectiveText(effective_from, effective_to)}`;
  const conditions = conditionsText(when);
  const rows = [...priceRows(price), ...aboutRows(price)].map(([name = "", value = ""]) => [
    `  ${printable(name)}`,
    printable(value),
  ]);
  return `${heading}${conditions && `  when ${printable(conditions)}`}\n${layOut(rows, ["left", "left"])}`;
}

function priceRows({ per_million, per_unit, multiply, volume }: Price): string[][] {
  const rows = (amounts: Readonly<Record<string, string>>, per: string) =>
    Object.entries(amounts).map(([unit, amount]) => [unit, `${exactMoney(amount)} ${per}`]);
  return [
    ...rows(per_million, "per million"),
    ...rows(per_unit, "each"),
    ...(multiply === null ? [] : [["factor", `× ${multiply}`]]),
    ...(volume ? [[volume.unit, volumeText(volume)]] : []),
  ];
}

function aboutRows(price: Price): string[][] {
  const { row_id, price_id, names, source, checked_on, verified, note, context_window, max_output_tokens } =
    price;
  const checked = `${verified ? "read" : "not read"} in the provider's own page`;
  return [
    ["row", row_id],
    ...(price_id ? [["price id", price_id]] : []),
    ...(price.is_active === false ? [["state", "not in force"]] : []),
    ...(names.length > 0 ? [["also called", names.join(", ")]] : []),
    ...(context_window ? [["context", `${count(context_window)} tokens`]] : []),
    ...(max_output_tokens ? [["most output", `${count(max_output_tokens)} tokens`]] : []),
    ["source", source],
    ...(price.own ? [] : [["checked", `${checked}${checked_on ? `, ${checked_on}` : ""}`]]),
    ...(note ? [["note", note]] : []),
  ];
}

/** The days that `fills_in` is about. */
const FILLED_IN_DAYS = 30;

/** A price that was just set, and what becomes of the calls that waited for it. */
export function renderSetPrice(price: NewPrice, today: string, { colors }: Style): string {
  const { fills_in = 0 } = price;
  if (fills_in === 0) return renderPrice(price, colors);
  return [
    `${renderPrice(price, colors)}\n`,
    `Calls of the last ${FILLED_IN_DAYS} days without a price that may have this one: ${count(fills_in)}. They are filled in by themselves;`,
    `to see to it now: ai-usage prices restate --unpriced --from ${plusDays(today, 1 - FILLED_IN_DAYS)} --to ${today}`,
  ].join("\n");
}
