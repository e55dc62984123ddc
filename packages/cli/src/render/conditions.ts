import type { PriceFileConditions, PriceFileVolume } from "@ai-usage/client";
import { count } from "./format.ts";

export type Conditions = PriceFileConditions | null | undefined;

/** `tier batch, prompt over 200,000`; empty under none. */
export function conditionsText(when: Conditions): string {
  const { prompt_over, prompt_from, prompt_counts, time, ...named } = when ?? {};
  return [
    ...Object.entries(named).map(([name, value]) =>
      value === "*" ? `any ${name}` : `${name} ${listText(value)}`,
    ),
    ...(prompt_over === undefined ? [] : [`prompt over ${count(prompt_over)}`]),
    ...(prompt_from === undefined ? [] : [`prompt from ${count(prompt_from)}`]),
    ...(prompt_counts === undefined ? [] : [`counting ${listText(prompt_counts)}`]),
    ...(time === undefined ? [] : [time.map(windowText).join(" and ")]),
  ].join(", ");
}

function listText(value: string | readonly string[] | undefined): string {
  return [value ?? []].flat().join(" or ");
}

function windowText({ days, from, to, time_zone }: NonNullable<PriceFileConditions["time"]>[number]): string {
  return [`${from}–${to} ${time_zone}`, ...(days ? [`on ${days.join(", ")}`] : [])].join(" ");
}

/** `$0.00 per thousand to 10,000, then $2.83 per thousand (autocomplete, months of America/Los_Angeles)` */
export function volumeText({ steps, meter, time_zone }: PriceFileVolume): string {
  const prices = steps.map(
    ({ up_to, per_thousand }) =>
      `$${per_thousand} per thousand${up_to === undefined ? "" : ` to ${count(up_to)}`}`,
  );
  return `${prices.join(", then ")} (${meter}, months of ${time_zone})`;
}
