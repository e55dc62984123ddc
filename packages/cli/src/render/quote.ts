import { Money, type QuoteAnswer, type QuoteInput } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { exactMoney, placesOf, unitPrice } from "./exact-money.ts";
import { count, moment, percent, printable } from "./format.ts";
import { layOut } from "./table.ts";
import { unpricedText } from "./unpriced-quote.ts";

/** How the figure of a call comes about, for people: every digit, so that the lines add up as they stand. */
export function renderQuote(call: QuoteInput, quote: QuoteAnswer, style: Style): string {
  const sections = [
    headingOf(call, style.colors),
    linesTable(quote, style.colors),
    pricesOf(quote),
    ...(quote.pricing_status === "unpriced" ? [unpricedText(call, quote, style.colors)] : []),
    quote.warnings.map((warning) => `${style.colors.yellow("note")}  ${printable(warning)}`).join("\n"),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function headingOf(
  { service, model, operation, timestamp, served = {} }: QuoteInput,
  colors: Colors,
): string {
  const conditions = Object.entries(served).map(([name, value]) => `${name} ${value}`);
  const subject = [service, model ?? operation].filter((part) => part !== undefined).join(" ");
  return [
    colors.bold(printable(subject)),
    ...(timestamp ? [moment(timestamp)] : []),
    ...conditions.map(printable),
  ].join("  ");
}

type Row = readonly [unit: string, quantity: string, price: string, amount: string, of: string];

/** Lines by model, their sum where there are several models, the list price, what is added and taken off, and the cost. */
function linesTable(quote: QuoteAnswer, colors: Colors): string {
  const amounts = [
    ...quote.lines.map((line) => line.amount_usd),
    ...quote.adjustments.map((adjustment) => adjustment.amount_usd),
    ...[quote.list_cost_usd, quote.reported_cost_usd, quote.cost_usd].filter((amount) => amount !== null),
  ];
  const places = placesOf(amounts);
  const exact = (amount: string) => exactMoney(amount, places);
  const rows = [...lineRows(quote, exact), ...sumRows(quote, exact)];
  if (rows.length === 0) return "";
  const head = ["unit", "quantity", "unit price", "amount", "price"].map((text) => colors.dim(text));
  const last = rows.length - 1;
  const cells = rows.map((row, index) => {
    const texts = row.map(printable);
    return index === last && quote.cost_usd !== null ? texts.map((text) => colors.bold(text)) : texts;
  });
  return layOut([head, ...cells], ["left", "right", "right", "right", "left"]);
}

function lineRows(quote: QuoteAnswer, exact: (amount: string) => string): Row[] {
  const ids = rowIdsOf(quote);
  const models = [...new Set(quote.lines.map(({ model }) => model))];
  return models.flatMap((model) => {
    const lines = quote.lines.filter((line) => line.model === model);
    const rows = lines.map(
      (line): Row => [
        line.unit,
        count(line.quantity),
        unitPrice(line.unit, line.unit_price_usd),
        exact(line.amount_usd),
        [line.row_id, ...line.multiplier_ids].map((id) => `[${ids.indexOf(id) + 1}]`).join(" × "),
      ],
    );
    if (models.length === 1) return rows;
    const sum = Money.sum(lines.map(({ amount_usd }) => Money.parse(amount_usd)));
    return [...rows, [`= ${model ?? "other"}`, "", "", exact(sum.toString()), ""] satisfies Row];
  });
}

function sumRows(quote: QuoteAnswer, exact: (amount: string) => string): Row[] {
  const { list_cost_usd, reported_cost_usd, cost_usd, adjustments, lines } = quote;
  const sum = (name: string, amount: string | null): Row[] =>
    amount === null ? [] : [[name, "", "", exact(amount), ""]];
  const isPlain = adjustments.length === 0 && reported_cost_usd === null;
  return [
    ...(isPlain || lines.length === 0 ? [] : sum("list price", list_cost_usd)),
    ...sum("provider's figure", reported_cost_usd),
    ...adjustments.map(
      ({ kind, percent: part, scope, amount_usd, adjustment_id }): Row => [
        kind,
        percent(part),
        scope,
        exact(amount_usd),
        adjustment_id,
      ],
    ),
    ...sum("cost", cost_usd),
  ];
}

/** Rows whose prices, and factors, are in the lines; in the order in which they come. */
function rowIdsOf({ lines }: QuoteAnswer): string[] {
  return [...new Set(lines.flatMap(({ row_id, multiplier_ids }) => [row_id, ...multiplier_ids]))];
}

function pricesOf(quote: QuoteAnswer): string {
  const ids = rowIdsOf(quote);
  const listed = ids.map((id, index) => `[${index + 1}] ${printable(id)}`);
  // A rule, not a row: a failed call, or a refusal, that is not billed.
  const rule = ids.length === 0 && quote.price_id !== null ? [`by ${printable(quote.price_id)}`] : [];
  return [...listed, ...rule].join("\n");
}
