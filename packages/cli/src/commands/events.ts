import type { UsageEvent } from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../failures.ts";
import { day, wholeNumber } from "../parsers.ts";
import { renderEvents } from "../render/events.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";
import { collect } from "./pages.ts";

interface EventsFlags extends JsonFlag {
  readonly service?: string;
  readonly date?: string;
  readonly job?: string;
  readonly batch?: string;
  readonly user?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export function addEventsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("events")
    .description("List single calls: of a service on a day, of a job, or of a batch.")
    .option("--service <name>", "calls billed by this service, with --date")
    .option("--date <day>", "the day, by UTC", day)
    .addOption(new Option("--job <id>", "calls of this job").conflicts(["service", "date", "batch"]))
    .addOption(new Option("--batch <id>", "calls of this batch").conflicts(["service", "date"]))
    .option("--user <id>", "of these, only this user's")
    .option("--limit <n>", "at most this many", wholeNumber(1), 100)
    .option("--cursor <text>", "go on from where an earlier answer ended")
    .addOption(jsonOption())
    .action((flags: EventsFlags) => listEvents(flags, context));
  withExamples(
    command,
    "events --service openai --date 2026-11-21",
    "events --job nightly-summaries --limit 1000 --json",
  );
}

async function listEvents({ limit, cursor, json, ...selection }: EventsFlags, context: CommandContext) {
  const byDay = selection.service !== undefined && selection.date !== undefined;
  if (!byDay && selection.job === undefined && selection.batch === undefined) {
    throw new UsageError("give --service with --date, or --job, or --batch");
  }
  const client = context.connect();
  const { items, nextCursor } = await collect<UsageEvent>(
    limit,
    async (query) => {
      const page = await client.events({ ...selection, ...query });
      return { items: page.events, nextCursor: page.next_cursor };
    },
    cursor,
  );
  if (json) return context.printJson({ events: items, next_cursor: nextCursor });
  context.print(renderEvents(items, context.style));
  if (nextCursor !== null)
    context.note(`There are more: raise --limit, or go on with --cursor ${nextCursor}`);
}
