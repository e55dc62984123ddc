import { AIUsageClient } from "@ai-usage/client";
import type { LocalStack } from "@ai-usage/local";
import { SingleBar } from "cli-progress";
import { runCli } from "./run-cli.ts";
import { readTrace } from "./trace.ts";
import { trafficOf, type WireMetric } from "./traffic.ts";

const SENDERS = 8;
const BATCH = 100;

/** Amounts that the traffic crosses: one softly, one to the full. */
const budgets = [
  { name: "Everything, this month", scope: "global:all", amount: "25", period: "monthly" },
  { name: "Code review", scope: "team:review", amount: "8", period: "monthly", time_zone: "Europe/Berlin" },
  { name: "Grace", scope: "user:grace", amount: "4", period: "monthly" },
] as const;

export interface DemoOptions {
  readonly stack: LocalStack;
  /** When the last request of the trace happened, milliseconds since 1970. */
  readonly now: number;
  readonly say: (line: string) => void;
}

/** Sets budgets, sends the trace, waits for totals and mail, and shows them with the commands that people would use. */
export async function runDemo({ stack, now, say }: DemoOptions): Promise<void> {
  const client = new AIUsageClient({ apiUrl: stack.apiUrl, token: stack.tokens.admin });
  for (const budget of budgets) await client.createBudget(budget);
  const traffic = trafficOf(readTrace(), now);
  say(
    `Sending ${traffic.length} requests of the Azure LLM inference trace, ${SENDERS} senders, ${BATCH} at a time.`,
  );
  const seconds = await timed(() => sendAll(client, traffic));
  say(
    `Recorded ${traffic.length} in ${seconds.toFixed(1)} s, ${Math.round(traffic.length / seconds)} a second.`,
  );
  const lag = await timed(() => stack.drained());
  say(`Totals, alerts and mails were complete ${lag.toFixed(1)} s later.`);

  const days = [`--from=${dayOf(traffic.at(0))}`, `--to=${dayOf(traffic.at(-1))}`];
  const commands = [
    ["report", ...days, "--group-by", "day,hour,model,team"],
    ["budget", "status"],
    ["alerts", "list"],
  ];
  for (const command of commands) {
    say(`\n$ npx ai-usage ${command.join(" ")}\n`);
    say(await runCli(command, { apiUrl: stack.apiUrl, token: stack.tokens.read }));
  }
  await sayMails(stack.inboxUrl, say);
}

async function sendAll(client: AIUsageClient, traffic: readonly WireMetric[]): Promise<void> {
  const batches: WireMetric[][] = [];
  for (let first = 0; first < traffic.length; first += BATCH)
    batches.push(traffic.slice(first, first + BATCH));
  const bar = new SingleBar({
    format: "  {bar} {percentage} %  {value} of {total}, {duration_formatted}",
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    hideCursor: true,
  });
  bar.start(traffic.length, 0);
  const sender = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { summary } = await client.recordMetrics(batch);
      if (summary.recorded !== batch.length)
        throw new Error(`not all were recorded: ${JSON.stringify(summary)}`);
      bar.increment(batch.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: SENDERS }, sender));
  } finally {
    bar.stop();
  }
}

async function sayMails(inboxUrl: string, say: (line: string) => void): Promise<void> {
  const { messages } = (await (await fetch(`${inboxUrl}/api/messages`)).json()) as {
    messages: readonly { readonly subject: string }[];
  };
  say(`\n${messages.length} mails went out; read them at ${inboxUrl} while the stack runs:`);
  for (const { subject } of messages) say(`  ${subject}`);
}

function dayOf(metric: WireMetric | undefined): string {
  return metric?.timestamp.slice(0, 10) ?? "";
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
