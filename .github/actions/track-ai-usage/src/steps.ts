import { existsSync } from "node:fs";
import { type Inputs, readInputs } from "./inputs.ts";
import { callsFileOf, jobInstance, spoolOf } from "./job-files.ts";
import { recordEntries, recordFile } from "./record.ts";
import type { Runner } from "./runner.ts";
import { featureOf, jobIdOf, workflowRunOf } from "./workflow-run.ts";

/** The action where it stands in the job: records what it is given, or else has the steps after it record theirs. */
export async function atStart(runner: Runner): Promise<void> {
  const inputs = readInputs(runner.env);
  if (inputs.token !== undefined) runner.mask(inputs.token);
  if (inputs.usageFile !== undefined) return recordFile(runner, inputs, inputs.usageFile);
  if (inputs.service !== undefined) return recordEntries(runner, inputs, oneCall(inputs));
  watchJob(runner, inputs);
}

/** When the job's steps are through, however they ended. */
export async function atEnd(runner: Runner): Promise<void> {
  const file = runner.env.STATE_calls_file;
  if (!file) return;
  if (existsSync(file)) return recordFile(runner, readInputs(runner.env), file);
  runner.info("No calls were metered in this job.");
}

/**
 * Has the tracker of later steps write to a file: they need neither the token nor the API, and what they call knows nothing of
 * pull requests. What the environment says already stays.
 */
function watchJob(runner: Runner, inputs: Inputs): void {
  const { env } = runner;
  const run = workflowRunOf(env, inputs);
  jobInstance(env);
  const file = callsFileOf(env);
  const variables = {
    TRACK_TO_FILE: file,
    AI_USAGE_SPOOL_DIR: spoolOf(env),
    AI_USAGE_JOB_ID: env.AI_USAGE_JOB_ID || jobIdOf(run),
    AI_USAGE_FEATURE: inputs.feature ?? (env.AI_USAGE_FEATURE || featureOf(run)),
    AI_USAGE_ENVIRONMENT: inputs.environment,
    AI_USAGE_TEAM: inputs.team,
    USER_ID: inputs.userId,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) runner.exportVariable(name, value);
  }
  runner.setOutput("usage-file", file);
  runner.saveState("calls_file", file);
}

function oneCall({ service, model, operation, inputTokens, outputTokens }: Inputs) {
  const tokens = {
    ...(inputTokens !== undefined && { input_tokens: inputTokens }),
    ...(outputTokens !== undefined && { output_tokens: outputTokens }),
  };
  return {
    value: { service, operation, ...(model !== undefined && { model }), ...tokens },
    where: "the call",
  };
}
