import type { AIUsageClient, Instant, MetricInput, RecordAnswer, UsageFormatName } from "@ai-usage/client";
import { Argument, type Command } from "commander";
import type { CommandContext } from "../context.ts";
import { NotDoneError, UsageError } from "../failures.ts";
import { readMetrics, type UnreadMetric } from "../metrics-input.ts";
import { amount, instant, keyValue, milliseconds, wholeNumber } from "../parsers.ts";
import { createProgress } from "../progress.ts";
import { readAnswers } from "../provider-answer.ts";
import { count } from "../render/format.ts";
import { mergeAnswers, refusalsOf, renderRecorded } from "../render/record.ts";
import { formatOption, type JsonFlag, jsonOption, responseOption, withExamples } from "./options.ts";

interface MetricFlags {
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: string;
  readonly user?: string;
  readonly team?: string;
  readonly job?: string;
  readonly batch?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly latencyMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly requestId?: string;
  readonly timestamp?: Instant;
  readonly response?: string;
  readonly format?: UsageFormatName;
}

type Metrics = Iterable<UnreadMetric> | AsyncIterable<UnreadMetric>;

/** Most metrics that one request takes. */
const BATCH_MAX = 500;

const NOTES = `
A metric without request_id gets a UUID, one without timestamp the present time, before the first attempt: an
attempt that is repeated counts once. The same input given again under ids of its own counts once, too.

--response reads a provider's raw answers, one or one a line, on this machine: ids, names and counts are sent, and no
text of the call. The provider's id of an answer is its request_id.`;

export function addRecordCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("record")
    .description("Record a call from options, or any number from standard input.")
    .addArgument(
      new Argument(
        "[source]",
        '- reads JSON from standard input: an object, {"metrics": [...]}, or lines',
      ).choices(["-"]),
    )
    .option("--service <name>", "who bills it: openai, anthropic, google, …")
    .option("--model <name>", "the model that served it")
    .option("--operation <name>", "what it was: chat, embedding, …")
    .option("--input-tokens <n>", "tokens sent", wholeNumber(0))
    .option("--output-tokens <n>", "tokens received", wholeNumber(0))
    .option("--cost-usd <usd>", "the provider's own figure, which wins over the price book", amount)
    .option("--user <id>", "who made it")
    .option("--team <name>", "whose budget it counts in")
    .option("--job <id>", "the job it was part of")
    .option("--batch <id>", "the batch it was part of")
    .option("--feature <name>", "the part of the application that made it")
    .option("--environment <name>", "production, staging, …")
    .option("--latency-ms <ms>", "how long it took", milliseconds)
    .option("--metadata <name=value>", "anything else; may be given several times", keyValue)
    .option("--request-id <id>", "names the call for ever; sent twice, it counts once")
    .option("--timestamp <instant>", "when it happened, ISO 8601 with an offset", instant)
    .addOption(responseOption().conflicts(["inputTokens", "outputTokens", "requestId"]))
    .addOption(formatOption())
    .addOption(jsonOption())
    .action((source: "-" | undefined, { json, ...flags }: MetricFlags & JsonFlag) =>
      record(metricsOf(source, flags, context), { json }, context),
    );
  withExamples(
    command,
    "record --service openai --model gpt-4o --operation chat --input-tokens 1200 --output-tokens 300 --team growth",
    "record --service google_places --operation place_details --cost-usd 0.017 --metadata department=sales",
    "record --response answer.json --operation chat --team growth",
    "record --response batch_output.jsonl --operation chat --job nightly-summaries",
    "record - < calls.jsonl",
  ).addHelpText("after", NOTES);
}

async function record(metrics: Metrics, { json }: JsonFlag, context: CommandContext): Promise<void> {
  const client = context.connect();
  const answer = await sendAll(client, metrics, context);
  const { received, recorded, duplicate } = answer.summary;
  if (received === 0) throw new UsageError("there was no metric to record");
  if (json) context.printJson(answer);
  else if (recorded + duplicate > 0) context.print(renderRecorded(answer, context.style));
  if (recorded + duplicate < received) {
    const refusals = json ? "" : `\n${refusalsOf(answer)}`;
    throw new NotDoneError(
      `${count(received - recorded - duplicate)} of ${count(received)} were not recorded${refusals}`,
    );
  }
}

async function sendAll(
  client: AIUsageClient,
  metrics: Metrics,
  context: CommandContext,
): Promise<RecordAnswer> {
  const answers: RecordAnswer[] = [];
  const progress = createProgress(context.io.stderr);
  let sent = 0;
  try {
    for await (const batch of batchesOf(metrics, context)) {
      answers.push(await client.recordMetrics(batch));
      sent += batch.length;
      if (sent >= BATCH_MAX) progress.show(`${count(sent)} sent`);
    }
  } catch (error) {
    progress.end();
    if (sent > 0) context.note(`${count(sent)} metrics were sent and answered before this happened:`);
    throw error;
  }
  progress.end();
  return mergeAnswers(answers);
}

/** In groups of what one request takes, each metric with the id and time that every attempt will carry. */
async function* batchesOf(
  metrics: Metrics,
  { clock, randomId }: CommandContext,
): AsyncGenerator<MetricInput[], void> {
  let batch: MetricInput[] = [];
  for await (const metric of metrics) {
    // The API says what is wrong with a metric, field by field; nothing is checked twice.
    batch.push({ request_id: randomId(), timestamp: clock(), ...metric } as MetricInput);
    if (batch.length < BATCH_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function metricsOf(source: "-" | undefined, flags: MetricFlags, context: CommandContext): Metrics {
  if (source === "-") return fromStdin(flags, context);
  if (flags.response !== undefined) return fromAnswers(flags.response, flags, context);
  if (flags.format !== undefined) throw new UsageError("--format is of the answers that --response names");
  return [metricOf(flags)];
}

/** What an answer says of a call, with what the options say of all of them. */
async function* fromAnswers(
  file: string,
  flags: MetricFlags,
  context: CommandContext,
): AsyncGenerator<UnreadMetric, void> {
  const { operation, format, service, model } = flags;
  if (operation === undefined)
    throw new UsageError("give --operation: an answer does not say what it was for");
  for await (const { fields } of readAnswers({ file, format, service, model }, context)) {
    yield {
      ...fieldsOf(flags),
      ...fields,
      operation,
      ...(flags.costUsd !== undefined && { cost_usd: flags.costUsd }),
    };
  }
}

function fromStdin(flags: MetricFlags, { io }: CommandContext): Metrics {
  const [extra] = Object.keys(flags);
  if (extra !== undefined)
    throw new UsageError("with - every field comes from standard input; give no others");
  return readMetrics(io.stdin);
}

function metricOf(flags: MetricFlags): UnreadMetric {
  const { service, operation } = flags;
  if (service === undefined || operation === undefined) {
    throw new UsageError("give --service and --operation, or - to read from standard input");
  }
  return { ...fieldsOf(flags), service, operation };
}

function fieldsOf(flags: MetricFlags): UnreadMetric {
  return {
    ...(flags.requestId !== undefined && { request_id: flags.requestId }),
    ...(flags.timestamp !== undefined && { timestamp: flags.timestamp }),
    model: flags.model,
    input_tokens: flags.inputTokens,
    output_tokens: flags.outputTokens,
    cost_usd: flags.costUsd,
    latency_ms: flags.latencyMs,
    user_id: flags.user,
    team: flags.team,
    feature: flags.feature,
    environment: flags.environment,
    job_id: flags.job,
    batch_id: flags.batch,
    metadata: flags.metadata,
  };
}
