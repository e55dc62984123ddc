import type { AIUsageClient, Restatement, RestatementInput, RestatementReport } from "@ai-usage/client";
import { type Command, Option } from "commander";
import { confirm } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { NotDoneError, UsageError } from "../../failures.ts";
import { day, wholeNumber } from "../../parsers.ts";
import { renderRestatement } from "../../render/restatement.ts";
import { renderRestatements } from "../../render/restatements.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";
import { followRestatement } from "./follow-restatement.ts";

interface RestateFlags extends JsonFlag {
  readonly from?: string;
  readonly to?: string;
  readonly service?: string;
  readonly model?: string;
  readonly unpriced?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly resume?: string;
}

const NOTES = `
Applying corrects totals and budgets exactly, keeps the former figure of every call, and goes on by itself when this
command is interrupted: --resume shows how far it is. A second run changes nothing.`;

const REPLACED_BY_RESUME = ["from", "to", "service", "model", "unpriced", "dryRun", "yes"];

export function addRestateCommands(prices: Command, context: CommandContext): void {
  const restate = prices
    .command("restate")
    .description(
      "Price recorded calls anew, by the prices that are known now: what changes, by day, scope and budget.",
    )
    .option("--from <day>", "first day of the calls, yyyy-mm-dd, by UTC", day)
    .option("--to <day>", "last day, included", day)
    .option("--service <name>", "only calls billed by this service")
    .option("--model <name>", "only calls of this model")
    .option("--unpriced", "only calls that have no price yet")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--yes", "do not ask before it is applied")
    .addOption(
      new Option("--resume <id>", "go on with one that was begun, and show it").conflicts(REPLACED_BY_RESUME),
    )
    .addOption(jsonOption())
    .action((flags: RestateFlags) => restateOrResume(flags, context));
  withExamples(
    restate,
    "prices restate --from 2026-11-01 --to 2026-11-24 --dry-run",
    "prices restate --from 2026-11-01 --to 2026-11-24 --service openai --model gpt-4o",
    "prices restate --from 2026-10-26 --to 2026-11-24 --unpriced --yes",
    "prices restate --resume rst_0f3c9a41b2d7e856",
  ).addHelpText("after", NOTES);
  addList(prices, context);
}

function addList(prices: Command, context: CommandContext): void {
  const list = prices
    .command("restatements")
    .description("List restatements, the newest first.")
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async ({ limit, json }: JsonFlag & { readonly limit: number }) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<Restatement>(limit, async (query) => {
        const page = await client.listRestatements(query);
        return { items: page.restatements, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ restatements: items, next_cursor: nextCursor });
      context.print(renderRestatements(items, context.style));
    });
  withExamples(list, "prices restatements");
}

async function restateOrResume(flags: RestateFlags, context: CommandContext): Promise<void> {
  const { resume, json } = flags;
  const order = resume === undefined ? orderOf(flags) : undefined;
  const client = context.connect();
  if (order && !flags.dryRun && !flags.yes) await askFirst(order, context);
  const begun = order ? await client.createRestatement(order) : await resumed(client, resume ?? "");
  if (begun.state === "running" && !json) {
    const id = begun.restatement_id;
    context.note(`${id} runs; should this be interrupted: ai-usage prices restate --resume ${id}`);
  }
  const report = await followRestatement(begun, client, context);
  if (json) context.printJson(report);
  else context.print(renderRestatement(report, context.style));
  if (report.state === "failed") {
    throw new NotDoneError(
      `the restatement was given up: ${report.failure ?? "no reason is known"}\n` +
        "What was changed by then stays so. Run it again: it begins with what is left to change.",
    );
  }
}

/** One that is done is shown as it is. */
async function resumed(client: AIUsageClient, id: string): Promise<RestatementReport> {
  const report = await client.restatement(id);
  return report.state === "running" ? client.resumeRestatement(id) : report;
}

function orderOf({ from, to, service, model, unpriced, dryRun }: RestateFlags): RestatementInput {
  if (from === undefined || to === undefined)
    throw new UsageError(
      "give --from and --to, the first and the last day of the calls, or --resume with an id",
    );
  if (from > to) throw new UsageError(`--from ${from} is after --to ${to}`);
  return {
    from,
    to,
    ...(service !== undefined && { service }),
    ...(model !== undefined && { model }),
    only_unpriced: unpriced === true,
    dry_run: dryRun === true,
  };
}

async function askFirst(
  { from, to, service, model, only_unpriced }: RestatementInput,
  context: CommandContext,
) {
  const calls = [only_unpriced ? "calls without a price" : "calls", ...[service, model].filter(Boolean)].join(
    " ",
  );
  const question = `Price all ${calls} from ${from} to ${to} anew? Totals and budgets follow.`;
  const isAgreed = await confirm(question, context);
  if (!isAgreed) throw new NotDoneError("nothing was changed; --dry-run shows what would be");
}
