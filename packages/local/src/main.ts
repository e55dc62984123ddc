import { Command, InvalidArgumentError } from "commander";
import * as z from "zod";
import { type FaultPlan, parseFaults } from "./engine/index.ts";
import { type LocalStack, startLocalStack } from "./start.ts";

const DEFAULT_PORT = 4455;

interface Flags {
  readonly port: number;
  readonly home?: string;
  readonly ephemeral: boolean;
  readonly faults?: FaultPlan;
  readonly seed: number;
}

const EXAMPLES = `
Examples:
  npm start                                      state in .ai-usage/, API on port ${DEFAULT_PORT}
  npm start -- --port 0 --home /tmp/ai-usage     any free port, another home
  npm start -- --ephemeral                       keep nothing
  npm start -- --ephemeral --seed 7 --faults '{"redeliver":0.3,"split":0.3,"crashAfterCommit":0.1}'
`;

const program = new Command("npm start --")
  .description("Runs the whole of ai-usage on this machine, as its template says. No AWS account is needed.")
  .option("--port <n>", "port of the HTTP API, 0 for any that is free", parsePort, DEFAULT_PORT)
  .option("--home <dir>", "where state is kept (AI_USAGE_HOME, or .ai-usage)")
  .option("--ephemeral", "keep nothing when it stops", false)
  .option("--faults <json>", "let the stream misbehave", parseFaultsFlag)
  .option("--seed <n>", "repeat the same faults", parseSeed, 1)
  .addHelpText("after", EXAMPLES)
  .action(run);

await program.parseAsync();

async function run(flags: Flags): Promise<void> {
  const stopSignal = listenForSignals();
  let stack: LocalStack;
  try {
    stack = await startLocalStack({ ...flags, log: (line) => console.log(line) });
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  console.log(introduction(stack));
  console.log(`ready: ${stack.apiUrl}`);
  await stopSignal;
  console.log("stopping");
  await stack.stop();
  // Connections that clients keep alive would hold the process for seconds.
  process.exit(0);
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function listenForSignals(): Promise<void> {
  let signals = 0;
  return new Promise((stop) => {
    const onSignal = () => {
      signals += 1;
      if (signals > 1) process.exit(130);
      stop();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}

function introduction({
  apiUrl,
  inboxUrl,
  dynamodbEndpoint,
  tableName,
  tokens,
  home,
  state,
}: LocalStack): string {
  return `
  HTTP API   ${apiUrl}
  inbox      ${inboxUrl}   every mail that is sent ends here
  DynamoDB   ${dynamodbEndpoint}   table ${tableName}
  tokens     admin  ${tokens.admin}
             ingest ${tokens.ingest}
             read   ${tokens.read}
  addresses  ${home}/local.json
  logs       ${state}/logs

Send a metric, then ask what was spent:

  curl -s ${apiUrl}/ai_usage -H 'authorization: Bearer ${tokens.ingest}' \\
    -H 'content-type: application/json' -d '{"request_id":"first","service":"openai","operation":"chat",
    "timestamp":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","model":"gpt-4o-mini","input_tokens":1200,"output_tokens":300}'

  curl -s '${apiUrl}/ai_usage?aggregation=model' -H 'authorization: Bearer ${tokens.read}'

Ctrl-C stops.
`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError("A seed is a whole number.");
}

function parseFaultsFlag(text: string): FaultPlan {
  try {
    return parseFaults(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new InvalidArgumentError(`Faults are JSON such as {"redeliver":0.3,"split":0.3}.\n${reason}`);
  }
}
