import type { PriceChange } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { count, moment } from "./format.ts";
import { type Column, fittingTable } from "./table.ts";

const columns: readonly Column<PriceChange>[] = [
  { head: "at", cell: ({ at }) => moment(at) },
  { head: "by", cell: ({ by }) => by },
  { head: "what", cell: ({ action }) => action },
  { head: "of", cuts: true, cell: nameOf },
  { head: "id", cell: ({ subject }) => subject },
  { head: "change", cuts: true, cell: changeOf },
];

export function renderPriceHistory(entries: readonly PriceChange[], style: Style): string {
  return entries.length === 0
    ? "No price was ever changed here: all are the published ones."
    : fittingTable(columns, entries, style);
}

/** A price's provider and model, an adjustment's kind and scope, how many prices an import wrote. */
function nameOf({ before, after }: PriceChange): string {
  const imported = importedOf(after);
  if (imported) return `${count(imported.length)} ${imported.length === 1 ? "price" : "prices"}`;
  const { provider, model_name, kind, scope } = { ...before, ...after };
  return [provider, model_name].every((name) => typeof name === "string")
    ? `${provider}/${model_name}`
    : [kind, scope].filter((name) => typeof name === "string").join(" ");
}

function changeOf({ before, after }: PriceChange): string {
  const imported = importedOf(after);
  return imported ? [...new Set(imported.map(modelOf))].join(", ") : differenceText(before, after);
}

/** An import is one entry with all that it wrote. */
function importedOf(after: PriceChange["after"]): readonly object[] | undefined {
  const prices = after && "prices" in after ? after.prices : undefined;
  return Array.isArray(prices) ? prices : undefined;
}

function modelOf(price: object): string {
  const { provider, model_name } = { provider: "", model_name: "", ...price };
  return `${provider}/${model_name}`;
}

/** Said in other columns, and the same before and after. */
const SAID_ALREADY = ["price_id", "adjustment_id", "provider", "model_name", "kind", "scope"];

/** `per_million.input 2.50 → 2.00, note removed`: members that differ, and nothing of the others. */
function differenceText(before: unknown, after: unknown): string {
  const was = new Map(membersOf(before));
  const is = new Map(membersOf(after));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => was.get(name) !== is.get(name) && !SAID_ALREADY.includes(name))
    .map((name) => changeText(name, was.get(name), is.get(name)))
    .join(", ");
}

function changeText(name: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${name} ${after}`;
  return after === undefined ? `${name} ${before} removed` : `${name} ${before} → ${after}`;
}

/** Every value in an object by its path; what is null or empty is not there. */
function membersOf(value: unknown, path = ""): [path: string, text: string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    return value.length === 0 ? [] : [[path, value.join(" ")]];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    membersOf(member, path === "" ? name : `${path}.${name}`),
  );
}
