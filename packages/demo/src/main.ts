import { startLocalStack } from "@ai-usage/local";
import { Command } from "commander";
import { runDemo } from "./demo.ts";

const program = new Command("npm run demo --")
  .description(
    "Sends the traffic of a production LLM service through the whole stack and shows what comes of it.",
  )
  .option("--keep", "leave the stack running until Ctrl-C")
  .addHelpText("after", "\nExample:\n  npm run demo -- --keep")
  .parse();

const { keep = false } = program.opts<{ keep?: boolean }>();
const say = (line: string) => console.log(line);

const started = performance.now();
say("Starting the stack on this machine: the template and the functions that a deployment has.");
const stack = await startLocalStack({ ephemeral: true });
let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= stack.stop();
  return stopping;
};
process.once("SIGINT", () => void stop().then(() => process.exit(130)));
process.once("SIGTERM", () => void stop().then(() => process.exit(143)));

try {
  await runDemo({ stack, now: Date.now(), say });
  say(`\nAll of it took ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  say(keep ? goOnHere(stack) : goOn());
  // Open servers keep the process alive until Ctrl-C.
  if (!keep) await stop();
} catch (error) {
  await stop();
  throw error;
}

function goOnHere({ apiUrl, inboxUrl, tokens }: typeof stack): string {
  return `
The stack stays up until Ctrl-C. In another terminal:
  export AI_USAGE_API_URL=${apiUrl} AI_USAGE_TOKEN=${tokens.admin}
  npx ai-usage report --days 2 --group-by user,feature
  npx ai-usage events --job nightly-review-0
The mails are at ${inboxUrl}`;
}

function goOn(): string {
  return `
How to go on:
  npm run demo -- --keep     the same, and leave it running to look around
  npm start                  the stack with its state kept in .ai-usage/
  npx ai-usage --help        record, report, budgets, alerts (once it runs)
  README.md                  sending metrics from an application, deploying to AWS`;
}
