import type { UnpricedModelAlert } from "@ai-usage/core";
import type { Advice, AlertFacts, Fact } from "./alert-facts.ts";
import { commands } from "./commands.ts";
import { clock, countText, day } from "./words.ts";

/** Calls that nobody knows the price of: which, how many, since when, what that means, what to do. */
export function unpricedFacts(alert: UnpricedModelAlert): AlertFacts {
  const { service, model, operation, level: tone, unpricedCalls, callDate } = alert;
  const what = model === undefined ? `${service}, ${operation},` : `${service}, model ${model},`;
  return {
    tone,
    headline: `Calls of ${what} have no price`,
    summary: `${countText(unpricedCalls, "call")} of ${day(callDate)} ${unpricedCalls === 1 ? "is" : "are"} counted, and left out of every amount: no budget sees what they cost, and no report has it.`,
    facts: factsOf(alert),
    advice: adviceFor(alert),
  };
}

function factsOf(alert: UnpricedModelAlert): Fact[] {
  const { service, model, operation, unpricedCalls } = alert;
  return [
    ...(model === undefined ? [] : ([["Model", model]] satisfies Fact[])),
    ["Service", service],
    ["Operation", operation],
    ["Calls", `${unpricedCalls.toLocaleString("en-US")} on ${day(alert.callDate)} when this was seen`],
    ["Since", day(alert.firstDate)],
    ["Seen", clock(alert.raisedAt, "UTC")],
    ["Alert", alert.alertId],
  ];
}

function adviceFor({ service, model, operation }: UnpricedModelAlert): Advice[] {
  const prices =
    model === undefined ? "--per-unit request=…" : "--input-per-million … --output-per-million …";
  return [
    { text: "See all that has no price, and why", command: commands.unpriced },
    {
      text: "Set the price that is missing, in US dollars (--help names other units)",
      command: commands.setPrice({ service, subject: model ?? operation, prices }),
    },
    {
      text: "The calls that came without it are then filled in by themselves, in totals and budgets too. Until then this comes once a day, as long as there are new ones.",
    },
  ];
}
