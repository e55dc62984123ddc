import type { UnpricedAnswer, UnpricedModel } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { isPricedPerMillion, isTokenUnit } from "./exact-money.ts";
import { count, money, printable } from "./format.ts";
import { shellWord } from "./shell-word.ts";
import { type Column, fittingTable } from "./table.ts";

const columns: readonly Column<UnpricedModel>[] = [
  { head: "service", cell: ({ service }) => service },
  { head: "no price for", cuts: true, cell: nameOf },
  { head: "calls", align: "right", cell: ({ unpriced_calls }) => count(unpriced_calls) },
  { head: "first", cell: ({ first_date }) => first_date },
  { head: "last", cell: ({ last_date }) => last_date },
  { head: "tokens in", align: "right", cell: ({ input_tokens }) => count(input_tokens) },
  { head: "tokens out", align: "right", cell: ({ output_tokens }) => count(output_tokens) },
  {
    head: "about",
    align: "right",
    cell: ({ estimated_cost_usd }) => (estimated_cost_usd === null ? "unknown" : money(estimated_cost_usd)),
  },
];

export interface Days {
  readonly start_date: string;
  readonly end_date: string;
}

/** What has no price, why, and the command that changes it. */
export function renderUnpriced(answer: UnpricedAnswer, days: Days, style: Style): string {
  const { models, unpriced_calls, estimated_cost_usd } = answer;
  const span = `${days.start_date} to ${days.end_date}`;
  if (models.length === 0) return `Every call from ${span} has a price.`;
  const about =
    estimated_cost_usd === null ? "" : `, about ${money(estimated_cost_usd)} by the dearest known siblings`;
  return [
    style.colors.bold(
      `${count(unpriced_calls)} ${unpriced_calls === 1 ? "call" : "calls"} without a price from ${span}${about}`,
    ),
    fittingTable(columns, models, style),
    models.map(reasonsOf).join("\n"),
    whatToDo(models, days).join("\n"),
  ].join("\n\n");
}

function nameOf({ model, operation }: UnpricedModel): string {
  return model ?? operation;
}

function reasonsOf(model: UnpricedModel): string {
  const estimate = model.estimated_from === null ? [] : [`estimated by ${model.estimated_from}`];
  return printable(`${model.service} ${nameOf(model)}: ${[...model.reasons, ...estimate].join("; ")}`);
}

/** A price that is known by now is filled in; another one is to be set first. */
function whatToDo(models: readonly UnpricedModel[], { start_date, end_date }: Days): string[] {
  const missing = models.filter(({ priceable }) => !priceable);
  const commands = missing.map(
    (model) =>
      `  ai-usage prices set --provider ${shellWord(model.service)} --model ${shellWord(nameOf(model))} ${missingPrices(model)}`,
  );
  const known = models.length - missing.length;
  return [
    ...(commands.length > 0
      ? [
          "Set what is missing, with --tier or another condition where a reason names one:",
          ...new Set(commands),
        ]
      : []),
    ...(known > 0
      ? [
          `${known === models.length ? "Today's prices price them" : `Today's prices price ${count(known)} of them`}. To fill them in:`,
          `  ai-usage prices restate --unpriced --from ${start_date} --to ${end_date}`,
        ]
      : []),
  ];
}

/** As options of `prices set`. A row prices all tokens of a call, so both plain ones belong to it. */
function missingPrices({ model, unpriced_units: units }: UnpricedModel): string {
  const plain = "--input-per-million … --output-per-million …";
  if (units.length === 0) return model === null ? "--per-unit request=…" : plain;
  const others = units
    .filter((unit) => unit !== "input" && unit !== "output")
    .map((unit) => `--per-${isPricedPerMillion(unit) ? "million" : "unit"} ${unit}=…`);
  return [...(units.some(isTokenUnit) ? [plain] : []), ...others].join(" ");
}
