import type { Delivered, Result } from "./deliver.ts";
import type { Inputs } from "./inputs.ts";
import type { UnreadMetric } from "./metric-fields.ts";
import type { Runner } from "./runner.ts";
import type { Tally } from "./tally.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** Something to say about what was recorded, in the log and in the summary. */
export interface Remark {
  readonly level: "notice" | "problem";
  readonly text: string;
}

export function tell(runner: Runner, { failOnError }: Inputs, { level, text }: Remark): void {
  if (level === "notice") runner.notice(text);
  else if (failOnError) runner.fail(text);
  else runner.warning(text);
}

const PLACES_MAX = 5;

export function remarksOnFile(unsent: readonly string[]): Remark[] {
  if (unsent.length === 0) return [];
  const more = unsent.length > PLACES_MAX ? "; …" : "";
  const places = `${unsent.slice(0, PLACES_MAX).join("; ")}${more}`;
  const text = `entries of the usage file not recorded: ${unsent.length} (${places})`;
  return [{ level: "problem", text }];
}

interface Outcome {
  readonly run: WorkflowRun;
  readonly metrics: readonly UnreadMetric[];
  readonly delivered: Delivered | undefined;
  readonly tally: Tally;
}

export function remarksOnDelivery({ run, metrics, delivered, tally }: Outcome): Remark[] {
  if (delivered === undefined) {
    if (run.isFromOutside)
      return [
        { level: "notice", text: "not recorded: pull requests from forks, and Dependabot's, get no secrets" },
      ];
    return [{ level: "problem", text: "not recorded: token is empty; is the secret there?" }];
  }
  const { results, failure } = delivered;
  const rejected = results.filter(({ status }) => status === "rejected");
  const remarks: Remark[] = [];
  const add = (level: Remark["level"], text: string) => remarks.push({ level, text });
  if (failure !== undefined)
    add("problem", `calls not recorded: ${metrics.length - results.length} (${failure})`);
  if (rejected.length > 0) add("problem", `calls refused: ${rejected.length} (${reasonsOf(rejected)})`);
  const { conflicts, total } = tally;
  if (conflicts > 0)
    add("notice", `calls recorded before with other details, which count as they were: ${conflicts}`);
  if (total.unpriced > 0)
    add("notice", `calls without a price yet, which the cost leaves out: ${total.unpriced}`);
  return remarks;
}

/** Of each kind once, without the place in the request, which says nothing to who made the file. */
function reasonsOf(rejected: readonly Result[]): string {
  const reasons = rejected.map(
    ({ error }) => `${error?.field.replace(/^metrics\[\d+\]\./, "")} ${error?.message}`,
  );
  return [...new Set(reasons)].slice(0, PLACES_MAX).join("; ");
}
