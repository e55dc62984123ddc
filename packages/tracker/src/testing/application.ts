// An application of its own: meters a call for each line of its input, says so, and ends with its input, or is killed.
// It sends nothing by itself: what it metered is in the spool.
//   application.ts SPOOL_DIRECTORY
// What else a tracker needs is in its environment.
import { createInterface } from "node:readline";
import { createTracker } from "../create-tracker.ts";

const [spoolDirectory = ""] = process.argv.slice(2);
const tracker = createTracker({ spoolDirectory, flush: { afterMs: 3_600_000 }, onProblem: () => {} });

for await (const model of createInterface({ input: process.stdin })) {
  const call = tracker.recorder.begin({ service: "openai", operation: "chat.completions", model });
  call.succeeded({});
  console.log(model);
}
