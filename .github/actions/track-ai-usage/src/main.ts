import { runStep } from "./run-step.ts";
import { atStart } from "./steps.ts";

await runStep(atStart);
