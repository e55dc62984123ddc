import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { UnreachableError } from "@ai-usage/client";
import { findConnection } from "@ai-usage/client/connection";
import type { TransportError } from "@ai-usage/tracker";
import type { SyncOptions, SyncReport } from "@ai-usage/tracker/sync";
import { type Command, Option } from "commander";
import type { CommandContext } from "../context.ts";
import { NotDoneError } from "../failures.ts";
import { openInput } from "../input-file.ts";
import { createProgress } from "../progress.ts";
import { count, printable } from "../render/format.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";

interface SyncFlags extends JsonFlag {
  readonly directory?: string;
  readonly file?: string;
}

/** What was sent, and of a spool what stays in it. */
type Synced = SyncReport & {
  readonly directory?: string;
  readonly running?: number;
  readonly elsewhere?: readonly string[];
};

const NOTES = `
Trackers keep calls in a spool on disk until the API has them, and the next process of the application sends what was left.
sync does it at once: after a crash, or where no process will come. Sent twice, a call counts once.

The spool is that of the trackers on this machine: AI_USAGE_SPOOL_DIR, or ai-usage-spool-<uid> in the temporary directory.
What was refused for good is in its rejected.jsonl, which --file takes when the reason is gone.`;

export function addSyncCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("sync")
    .description("Send the calls that trackers on this machine could not send, or those of a file.")
    .option("--directory <directory>", "the spool (AI_USAGE_SPOOL_DIR, or else the trackers' own default)")
    .addOption(
      new Option(
        "--file <file>",
        "one call a line, as TRACK_TO_FILE writes it; - for standard input",
      ).conflicts("directory"),
    )
    .addOption(jsonOption())
    .action((flags: SyncFlags) => sync(flags, context));
  withExamples(
    command,
    "sync",
    "sync --directory /var/lib/checkout/spool",
    "sync --file metrics.jsonl --json",
  ).addHelpText("after", NOTES);
}

async function sync(flags: SyncFlags, context: CommandContext): Promise<void> {
  // Says what is wrong with the connection before anything is claimed.
  const { apiUrl } = context.connect();
  const synced = await send(flags, apiUrl, context);
  if (flags.json) context.printJson(toJson(synced));
  else tell(synced, context);
  failIfNotDone(synced, apiUrl);
}

async function send(flags: SyncFlags, apiUrl: string, context: CommandContext): Promise<Synced> {
  // The other commands start without it.
  const [{ httpTransport }, { syncLines, syncSpool }] = await Promise.all([
    import("@ai-usage/tracker"),
    import("@ai-usage/tracker/sync"),
  ]);
  const progress = createProgress(context.io.stderr);
  const { retryDelayMs } = context;
  const connection = { apiUrl, token: findConnection(context).token };
  const outcomes = httpTransport({ ...connection, stored: "outcomes" });
  const options: SyncOptions = {
    transport: httpTransport(connection),
    onProgress: (done) => progress.show(`${count(done)} sent`),
    ...(retryDelayMs !== undefined && { backOff: { firstMs: retryDelayMs, maxMs: retryDelayMs } }),
  };
  try {
    if (flags.file !== undefined) {
      const input = await openInput(flags.file, context);
      return await syncLines(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), options);
    }
    const directory =
      flags.directory === undefined ? {} : { directory: resolve(context.cwd, flags.directory) };
    const spool = { ...options, ...directory, env: context.env };
    const calls = await syncSpool(spool);
    return bothOf(calls, await syncSpool({ ...spool, transport: outcomes }));
  } finally {
    progress.end();
    await Promise.all([options.transport.close?.(), outcomes.close?.()]);
  }
}

/** Calls, and what came of them, wait in parts of their own. */
function bothOf(calls: Synced, outcomes: Synced): Synced {
  const failure = calls.failure ?? outcomes.failure;
  return {
    ...calls,
    delivered: calls.delivered + outcomes.delivered,
    rejected: calls.rejected + outcomes.rejected,
    rejections: [...calls.rejections, ...outcomes.rejections],
    torn: calls.torn + outcomes.torn,
    waiting: calls.waiting + outcomes.waiting,
    running: Math.max(calls.running ?? 0, outcomes.running ?? 0),
    ...(failure !== undefined && { failure }),
  };
}

function tell(synced: Synced, context: CommandContext): void {
  const { delivered, rejected, waiting, torn, running = 0, elsewhere = [], directory } = synced;
  if (delivered > 0) context.print(`${count(delivered)} delivered`);
  else if (rejected + waiting === 0)
    context.print(
      directory === undefined ? "there was nothing to send" : `nothing waits in ${printable(directory)}`,
    );
  if (torn > 0) context.note(`${count(torn)} half-written lines were passed over`);
  if (running > 0) context.note(`${count(running)} processes that still run send what is theirs themselves`);
  for (const destination of elsewhere)
    context.note(`There is a spool for ${printable(destination)}, which this does not send to`);
}

function failIfNotDone({ failure, waiting, rejected, rejections }: Synced, apiUrl: string): void {
  if (failure !== undefined) throw asFailure(failure, { waiting, apiUrl });
  if (rejected === 0) return;
  const reasons = new Set(rejections.map(({ field, message }) => printable(`  ${field ?? ""} ${message}`)));
  throw new NotDoneError(`${count(rejected)} were refused\n${[...reasons].join("\n")}`);
}

function asFailure(
  { reason, message }: TransportError,
  { waiting, apiUrl }: { waiting: number; apiUrl: string },
) {
  const kept = `${count(waiting)} wait for the next time`;
  if (reason === "unavailable")
    return new UnreachableError(apiUrl, `${message.replace(`${apiUrl} cannot be reached: `, "")}; ${kept}`);
  return new NotDoneError(`${printable(message)}; ${kept}`);
}

const toJson = ({ failure, ...report }: Synced) => ({
  ...report,
  ...(failure !== undefined && { error: failure.message }),
});
