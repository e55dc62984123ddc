import { dollars, type Sums, type Tally } from "./tally.ts";
import { jobIdOf, type WorkflowRun } from "./workflow-run.ts";

export interface SummaryInput {
  readonly run: WorkflowRun;
  readonly tally: Tally;
  /** Whether the calls were recorded, so that their cost is known. */
  readonly isRecorded: boolean;
  /** What else there is to say, a sentence each. */
  readonly remarks: readonly string[];
}

/** The job's summary, in Markdown. */
export function summaryOf({ run, tally, isRecorded, remarks }: SummaryInput): string {
  const row = (name: string, model: string, sums: Sums) =>
    `| ${name} | ${model} | ${sums.calls} | ${sums.inputTokens} | ${sums.outputTokens} |${isRecorded ? ` ${costOf(sums)} |` : ""}`;
  const { groups, total } = tally;
  const cost = isRecorded ? " Cost |" : "";
  const table = [
    `| Service | Model | Calls | Input tokens | Output tokens |${cost}`,
    `|---|---|--:|--:|--:|${isRecorded ? "--:|" : ""}`,
    ...groups.map((group) => row(plain(group.service), plain(group.model), group)),
    ...(groups.length > 1 ? [row("**All**", "", total)] : []),
  ];
  const where = `Job ${jobIdOf(run)}${run.pullRequest === undefined ? "" : `, pull request #${run.pullRequest}`}.`;
  return [
    "### AI usage",
    "",
    ...(groups.length > 0 ? [...table, ""] : []),
    [where, ...remarks].map(plain).join("<br>"),
    "",
  ].join("\n");
}

function costOf({ cost, calls, unpriced }: Sums): string {
  if (unpriced === 0) return dollars(cost);
  if (unpriced === calls) return "no price yet";
  return `${dollars(cost)}, ${unpriced} without a price`;
}

/** What others have named shall be no Markdown and no HTML. */
const plain = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()|~&@]/g, (character) => `&#${character.codePointAt(0)};`);
