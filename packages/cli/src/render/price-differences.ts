import type { ImportAnswer, PriceDifference } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { conditionsText } from "./conditions.ts";
import { change, exactMoney } from "./exact-money.ts";
import { count } from "./format.ts";
import { dayOrMoment } from "./moments.ts";
import { type Column, fittingTable } from "./table.ts";

const kinds = [
  { kind: "changed", title: "Changes" },
  { kind: "withdrawn", title: "Withdrawals" },
  { kind: "added", title: "Additions" },
] as const;

const columns: readonly Column<PriceDifference>[] = [
  { head: "price of", cuts: true, cell: ({ provider, model }) => `${provider}/${model}` },
  { head: "unit", cell: ({ unit }) => unit ?? "" },
  { head: "when", cuts: true, cell: ({ when }) => conditionsText(when) },
  { head: "old", align: "right", cuts: true, cell: ({ before }) => valueText(before) },
  { head: "new", align: "right", cuts: true, cell: ({ after }) => valueText(after) },
  { head: "by", align: "right", cell: changeOf },
  { head: "from", cell: ({ from }) => (from === null ? "" : dayOrMoment(from)) },
];

/** What an import changes: a table for each kind, at most `top` lines long. */
export function renderDifferences(
  { differences, summary, applied }: ImportAnswer,
  top: number,
  style: Style,
): string {
  if (differences.length === 0) return "No difference: these are the prices in force.";
  const tables = kinds.flatMap(({ kind, title }) => {
    const ofKind = differences.filter((difference) => difference.kind === kind);
    if (ofKind.length === 0) return [];
    const more = ofKind.length - top;
    const shown = fittingTable(usedColumns(ofKind), ofKind.slice(0, top), style);
    return [`${style.colors.bold(title)}\n${shown}${more > 0 ? `\n… and ${count(more)} more` : ""}`];
  });
  const { changed, withdrawn, added } = summary;
  const total = `${count(changed)} changed, ${count(withdrawn)} withdrawn, ${count(added)} added`;
  return [...tables, `${total}${applied ? ": written as prices of your own" : ""}`].join("\n\n");
}

function usedColumns(differences: readonly PriceDifference[]): Column<PriceDifference>[] {
  return columns.filter((column) => differences.some((difference) => column.cell(difference) !== ""));
}

const AMOUNT = /^\d+(\.\d+)?$/;

/** Most are amounts; some are words, like a factor. */
function valueText(value: string | null): string {
  return value !== null && AMOUNT.test(value) ? exactMoney(value) : (value ?? "");
}

function changeOf({ before, after }: PriceDifference): string {
  if (before === null || after === null || !AMOUNT.test(before) || !AMOUNT.test(after)) return "";
  return change(before, after);
}
