import { existsSync } from "node:fs";
import { fixedPointText } from "../../../../packages/core/src/fixed-point.ts";
import { deliver } from "./deliver.ts";
import type { Inputs } from "./inputs.ts";
import { fileName, jobInstance, pathIn } from "./job-files.ts";
import { type Circumstances, metricsOf } from "./metric-of.ts";
import { type Remark, remarksOnDelivery, remarksOnFile, tell } from "./remarks.ts";
import type { Runner } from "./runner.ts";
import { summaryOf } from "./summary.ts";
import { dollars, type Tally, tallyOf } from "./tally.ts";
import { type Entry, readUsageFile } from "./usage-file.ts";
import { featureOf, jobIdOf, metadataOf, type WorkflowRun, workflowRunOf } from "./workflow-run.ts";

export async function recordFile(runner: Runner, inputs: Inputs, file: string): Promise<void> {
  const path = pathIn(runner.env, file);
  if (!existsSync(path)) return tell(runner, inputs, MISSING);
  const { entries, unreadable } = readUsageFile(path);
  const problems = unreadable.map((where) => `${where} is no JSON object`);
  await record(runner, inputs, { entries, problems, source: `file ${fileName(path, runner.env)}` });
}

const MISSING: Remark = { level: "problem", text: "usage-file names a file that is not there" };

/** One call that a step tells of itself. Another step that tells of the same is another call. */
export async function recordEntries(runner: Runner, inputs: Inputs, entry: Entry): Promise<void> {
  const source = `step ${runner.env.GITHUB_ACTION ?? ""}`;
  await record(runner, inputs, { entries: [entry], problems: [], source });
}

interface Batch {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
  readonly source: string;
}

async function record(runner: Runner, inputs: Inputs, { entries, problems, source }: Batch): Promise<void> {
  const run = workflowRunOf(runner.env, inputs);
  const read = metricsOf(entries, circumstancesOf({ runner, inputs, run, source }));
  const metrics = read.flatMap((one) => ("metric" in one ? [one.metric] : []));
  const unsent = [...problems, ...read.flatMap((one) => ("problem" in one ? [one.problem] : []))];
  const { apiUrl, token } = inputs;
  const delivered = token === undefined ? undefined : await deliver(metrics, { apiUrl, token });
  const tally = tallyOf(metrics, delivered?.results);
  const remarks = [...remarksOnFile(unsent), ...remarksOnDelivery({ run, metrics, delivered, tally })];
  for (const remark of remarks) tell(runner, inputs, remark);
  const texts = remarks.map(({ text }) => text);
  runner.summarize(summaryOf({ run, tally, isRecorded: delivered !== undefined, remarks: texts }));
  if (delivered === undefined) return;
  const { calls, cost, unpriced } = tally.total;
  runner.setOutput("calls", String(calls));
  runner.setOutput("cost-usd", fixedPointText(cost));
  runner.setOutput("unpriced-calls", String(unpriced));
  runner.info(`Calls recorded: ${calls}, cost: ${dollars(cost)}`);
  holdAgainst(runner, inputs.maxCost, tally);
}

interface Known {
  readonly runner: Runner;
  readonly inputs: Inputs;
  readonly run: WorkflowRun;
  readonly source: string;
}

function circumstancesOf({ runner: { env }, inputs, run, source }: Known): Circumstances {
  const instance = jobInstance(env);
  const feature = inputs.feature ?? featureOf(run);
  const origins = {
    "this-job": instance.id,
    "this-run": run.runId,
    "triggering-run": `${run.runId} ${run.runAttempt}`,
  };
  const given = {
    service: inputs.service,
    model: inputs.model,
    operation: inputs.operation,
    team: inputs.team,
    feature,
    environment: inputs.environment,
    user_id: inputs.userId,
    job_id: jobIdOf(run),
  };
  return {
    defaults: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(inputs.format !== undefined && { format: inputs.format }),
    ...(run.pullRequest !== undefined && { pullRequest: run.pullRequest }),
    metadata: metadataOf(run),
    timestamp: run.startedAt ?? instance.startedAt,
    origin: `${origins[inputs.callsOf]} ${source}`,
  };
}

function holdAgainst(runner: Runner, max: Inputs["maxCost"], { total }: Tally): void {
  if (max === undefined || total.cost <= max) return;
  runner.fail(`The calls cost ${dollars(total.cost)}, which is more than max-cost-usd, ${dollars(max)}`);
}
