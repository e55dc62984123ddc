import type { QuoteAnswer, QuoteInput } from "@ai-usage/client";
import type { Colors } from "../context.ts";
import { isPricedPerMillion, isTokenUnit } from "./exact-money.ts";
import { money, printable } from "./format.ts";
import { shellWord } from "./shell-word.ts";

/** Which price is missing, what is made of it before it is there, and how to set it. */
export function unpricedText(call: QuoteInput, quote: QuoteAnswer, colors: Colors): string {
  const { unpriced_reason, unpriced_units, enforcement } = quote;
  const reason = unpriced_reason ?? "no price is known";
  const unnamed = unpriced_units.filter((unit) => !reason.includes(unit));
  const missing = unnamed.length > 0 ? `: nothing prices ${unnamed.join(", ")}` : "";
  return [
    `${colors.red("unpriced")}  ${printable(`${reason}${missing}`)}`,
    usedNothing(call)
      ? "Say what it used: --input-tokens, --output-tokens, or --usage with another unit."
      : `To price it: ${setCommand(call, quote)}`,
    ...enforcementText(enforcement),
  ].join("\n");
}

function usedNothing({ usage = {}, input_tokens, output_tokens }: QuoteInput): boolean {
  return Object.keys(usage).length === 0 && input_tokens === undefined && output_tokens === undefined;
}

/** A row prices all tokens of a call, or none: with one of them missing, the others are to be given again. */
function setCommand(call: QuoteInput, { unpriced_units: missing, lines }: QuoteAnswer): string {
  const { service, model, operation, served } = call;
  const used = [...new Set([...lines.map(({ unit }) => unit), ...missing])];
  const units = missing.some(isTokenUnit)
    ? used.filter((unit) => isTokenUnit(unit) || missing.includes(unit))
    : missing;
  const prices = units.map((unit) => `--per-${isPricedPerMillion(unit) ? "million" : "unit"} ${unit}=…`);
  const all = prices.length > 0 ? prices : ["--input-per-million … --output-per-million …"];
  const tier =
    served?.tier === undefined || served.tier === "standard" ? [] : [`--tier ${shellWord(served.tier)}`];
  return [
    "ai-usage prices set",
    `--provider ${shellWord(service)}`,
    `--model ${shellWord(model ?? operation ?? "MODEL")}`,
    ...tier,
    ...all,
  ].join(" ");
}

function enforcementText({
  policy,
  action,
  estimated_cost_usd,
  estimated_from,
}: QuoteAnswer["enforcement"]): string[] {
  const estimate =
    estimated_cost_usd === null
      ? ""
      : `, counted as ${money(estimated_cost_usd)} by ${estimated_from ?? "a sibling"} until then`;
  return [`Hard budgets ${action} such a call (policy ${policy})${printable(estimate)}.`];
}
