import { runStep } from "./run-step.ts";
import { atEnd } from "./steps.ts";

await runStep(atEnd);
