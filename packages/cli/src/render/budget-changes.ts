import type { BudgetChange } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { moment, printable, quantity } from "./format.ts";
import { differingTerms, termLines } from "./terms-diff.ts";

/** The newest first: who, when and why, and below it what became something else. */
export function renderChanges(changes: readonly BudgetChange[], { colors }: Style): string {
  if (changes.length === 0) return "No changes.";
  return changes.map((change) => changeLines(change, colors)).join("\n");
}

function changeLines(change: BudgetChange, colors: Colors): string {
  const { kind, before, after } = change;
  const changed = before ? differingTerms(before, after) : [];
  return [
    `${moment(change.at)}  ${colors.bold(kind.replace("_", " "))}  ${printable(whoAndWhy(change))}`,
    before ? termLines(changed, { before, after }, colors) : termLines("all", { after }, colors),
    ...increaseLines(change),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** `by tok_1, approved by tok_2: why` */
export function whoAndWhy({ by, approved_by, reason }: BudgetChange): string {
  const approved = approved_by === undefined ? "" : `, approved by ${approved_by}`;
  return `by ${by}${approved}${reason === undefined ? "" : `: ${reason}`}`;
}

function increaseLines({ before, after }: BudgetChange): string[] {
  const known = new Map(before?.increases.map((increase) => [increase.increase_id, increase]));
  return after.increases.flatMap(({ increase_id, amount, from, until }) => {
    const former = known.get(increase_id);
    if (former === undefined) {
      const more = quantity(after.unit, amount);
      return [`    ${increase_id}: ${more} more from ${moment(from)} until ${moment(until)}`];
    }
    return former.until === until
      ? []
      : [`    ${increase_id}: ended ${moment(until)}, not ${moment(former.until)}`];
  });
}
