import { type Aggregation, aggregations, localDateOf, plusDays, type UsageAnswer } from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../failures.ts";
import { day, listOf, scope, timeZone, wholeNumber } from "../parsers.ts";
import { renderReport } from "../render/report.ts";
import { reportToCsv } from "../render/report-csv.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";

interface ReportFlags extends JsonFlag {
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly tz: string;
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  readonly user?: string;
  readonly team?: string;
  readonly job?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly scope?: string;
  readonly groupBy?: readonly Aggregation[];
  readonly top: number;
  readonly csv?: boolean;
  readonly chart: boolean;
}

const DAYS_DEFAULT = 30;

export function addReportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("report")
    .description("Show what was spent, on what, over days.")
    .addOption(
      new Option("--days <n>", `that many days up to --to or today (${DAYS_DEFAULT})`)
        .argParser(wholeNumber(1))
        .conflicts("from"),
    )
    .option("--from <day>", "first day, yyyy-mm-dd", day)
    .option("--to <day>", "last day, included (today)", day)
    .option("--tz <zone>", "IANA time zone of the days and hours", timeZone, "UTC")
    .option("--service <name>", "only calls billed by this service")
    .option("--model <name>", "only this model")
    .option("--operation <name>", "only this operation")
    .option("--user <id>", "only this user")
    .option("--team <name>", "only this team")
    .option("--job <id>", "only this job")
    .option("--feature <name>", "only this feature")
    .option("--environment <name>", "only this environment")
    .option("--scope <scope>", "only this scope, custom ones too: department:engineering", scope)
    .option("--group-by <list>", `a comma list of ${aggregations.join(", ")}`, listOf(aggregations))
    .option("--top <n>", "show that many groups, and the others as one", wholeNumber(1), 20)
    .option("--no-chart", "tables only")
    .addOption(jsonOption())
    .addOption(new Option("--csv", "print the groups as CSV, every digit").conflicts("json"))
    .action((flags: ReportFlags) => report(flags, context));
  withExamples(
    command,
    "report",
    "report --days 7 --group-by model,team",
    "report --from 2026-11-01 --to 2026-11-30 --tz Europe/Berlin --group-by day --csv > november.csv",
    "report --team growth --days 1",
  );
}

async function report(flags: ReportFlags, context: CommandContext): Promise<void> {
  const { json, csv, chart, top, tz } = flags;
  const { first, last } = datesOf(flags, context);
  const timeUnit = timeUnitOf(flags, first, last);
  const groupings = flags.groupBy ?? [defaultGrouping(flags, timeUnit)];
  const usage: UsageAnswer = await context.connect().usage({
    ...filtersOf(flags),
    start_date: first,
    end_date: last,
    tz,
    aggregation: [...new Set(chart ? [timeUnit, ...groupings] : groupings)],
  });
  if (json) return context.printJson(usage);
  if (csv) return context.print(reportToCsv(usage, groupings));
  context.print(
    renderReport(usage, { groupings, timeUnit: chart ? timeUnit : undefined, top }, context.style),
  );
}

function datesOf({ days = DAYS_DEFAULT, from, to, tz }: ReportFlags, { clock }: CommandContext) {
  const last = to ?? localDateOf(clock(), tz);
  const first = from ?? plusDays(last, 1 - days);
  if (first > last) throw new UsageError(`--from ${first} is after ${to ? "--to" : "today,"} ${last}`);
  return { first, last };
}

/** One or two days are drawn by the hour, where totals are kept by the hour: not for combinations of filters. */
function timeUnitOf({ service, model, operation }: ReportFlags, first: string, last: string): "day" | "hour" {
  const combined = operation !== undefined || (service !== undefined && model !== undefined);
  return !combined && plusDays(first, 1) >= last ? "hour" : "day";
}

/** Totals of a scope, and of anything but the whole in another zone than UTC, are kept over time and not by model. */
function defaultGrouping(flags: ReportFlags, timeUnit: "day" | "hour"): Aggregation {
  const { service, model, operation, ...scopes } = filtersOf(flags);
  const ofScope = Object.values(scopes).some((value) => value !== undefined);
  const ofOther = service !== undefined || model !== undefined || operation !== undefined;
  return ofScope || (ofOther && flags.tz !== "UTC") ? timeUnit : "model";
}

function filtersOf(flags: ReportFlags) {
  const { service, model, operation, user, team, job, feature, environment, scope } = flags;
  return { service, model, operation, user, team, job, feature, environment, scope };
}
