import type { UnpricedModelAlert } from "@ai-usage/core";
import { type Advice, clock, day, type Fact, layOutMail, type MailContent } from "./mail-layout.ts";

/** The mail about calls that nobody knows the price of: which, how many, since when, what that means, what to do. */
export function unpricedMail(alert: UnpricedModelAlert): MailContent {
  const { service, model, operation, level } = alert;
  const what = model === undefined ? `${service}, ${operation},` : `${service}, model ${model},`;
  return layOutMail({
    level,
    headline: `Calls of ${what} have no price`,
    facts: factsOf(alert),
    advice: adviceFor(alert),
  });
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
    {
      text: "No budget sees what these calls cost, and no report has it: they are counted, and left out of every amount.",
    },
    { text: "See all that has no price, and why", command: "npx ai-usage prices unpriced" },
    {
      text: "Set the price that is missing, in US dollars (--help names other units)",
      command: `npx ai-usage prices set --provider ${shellWord(service)} --model ${shellWord(model ?? operation)} ${prices}`,
    },
    {
      text: "The calls that came without it are then filled in by themselves, in totals and budgets too. Until then this comes once a day, as long as there are new ones.",
    },
  ];
}

/** A name as one word of a shell, whatever its sender put into it. */
function shellWord(name: string): string {
  return /^[\w.:/@-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
