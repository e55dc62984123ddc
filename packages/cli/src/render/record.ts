import { type FieldError, Money, type RecordAnswer, type RecordResult } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { count, money, printable } from "./format.ts";

/** The answers of several requests as if it had been one. */
export function mergeAnswers(answers: readonly RecordAnswer[]): RecordAnswer {
  const sum = (of: "received" | "recorded" | "duplicate" | "conflict" | "rejected") =>
    answers.reduce((total, { summary }) => total + summary[of], 0);
  return {
    results: answers.flatMap(({ results }) => results),
    summary: {
      received: sum("received"),
      recorded: sum("recorded"),
      duplicate: sum("duplicate"),
      conflict: sum("conflict"),
      rejected: sum("rejected"),
      cost_usd: Money.sum(answers.map(({ summary }) => Money.parse(summary.cost_usd))).toString(),
    },
  };
}

export function renderRecorded({ results, summary }: RecordAnswer, { colors }: Style): string {
  const [only] = results;
  if (only && results.length === 1) return renderOne(only);
  const unpriced = results.filter(({ pricing_status }) => pricing_status === "unpriced").length;
  const parts = [
    `${count(summary.recorded)} recorded`,
    ...(summary.duplicate > 0 ? [`${count(summary.duplicate)} stored before, not counted again`] : []),
    ...(unpriced > 0 ? [`${count(unpriced)} without a known price`] : []),
    colors.bold(money(summary.cost_usd)),
  ];
  return parts.join("  ");
}

function renderOne(result: RecordResult): string {
  const id = printable(result.request_id ?? "");
  switch (result.status) {
    case "recorded":
      return result.cost_usd === null
        ? `recorded  ${id}  no price is known for it, so it counts as unpriced`
        : `recorded  ${id}  ${money(result.cost_usd)} (${result.pricing_status})`;
    case "duplicate":
      return `duplicate  ${id}  was stored before, and is not counted again`;
    case "conflict":
    case "rejected":
      return `${result.status}  ${id}`;
    default:
      return result satisfies never;
  }
}

const REFUSALS_SHOWN = 20;

/** What is wrong with the metrics that were not stored, each by its place in what was sent. */
export function refusalsOf({ results }: RecordAnswer): string {
  const lines = results.flatMap(({ error, more_errors = [] }, index) =>
    error ? [`  metric ${index + 1}: ${[error, ...more_errors].map(reasonOf).join("; ")}`] : [],
  );
  const more = lines.length - REFUSALS_SHOWN;
  return [...lines.slice(0, REFUSALS_SHOWN), ...(more > 0 ? [`  and ${count(more)} more`] : [])].join("\n");
}

/** Without the place in the request, which says nothing to who sent several. */
function reasonOf({ field, message }: FieldError): string {
  return printable(`${field.replace(/^metrics\[\d+\]\./, "")} ${message}`);
}
