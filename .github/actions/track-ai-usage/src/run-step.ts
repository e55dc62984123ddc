import { InputError } from "./inputs.ts";
import { Runner } from "./runner.ts";

/** Runs a step of the action. What nobody foresaw fails no job unless it is told to: it is the job that matters, and not its metering. */
export async function runStep(step: (runner: Runner) => Promise<void>): Promise<void> {
  const runner = new Runner();
  try {
    await step(runner);
  } catch (error) {
    if (error instanceof InputError) runner.fail(error.message);
    else {
      const text = `not recorded: ${error instanceof Error ? error.message : "it failed"}`;
      if (runner.env["INPUT_FAIL-ON-ERROR"] === "true") runner.fail(text);
      else runner.warning(text);
    }
  }
  process.exitCode = runner.hasFailed ? 1 : 0;
}
