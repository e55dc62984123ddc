import type { IncreaseInput } from "@ai-usage/client";
import { type Command, Option } from "commander";
import { durationMinutes, positiveAmount } from "../../budget-parsers.ts";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { instant } from "../../parsers.ts";
import { renderBudget } from "../../render/budgets.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { showChanged } from "./update.ts";

interface IncreaseFlags extends JsonFlag {
  readonly amount?: string;
  readonly for?: number;
  readonly until?: string;
  readonly from?: string;
  readonly reason?: string;
  readonly end?: string;
}

export function addIncreaseCommand(budget: Command, context: CommandContext): void {
  const increase = budget
    .command("increase")
    .description("Give a budget more for a while; that ends by itself. Or end it before.")
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--amount <n>", "how much more", positiveAmount)
    .addOption(
      new Option("--for <time>", "how long: 90m, 12h, 3d, 2w").argParser(durationMinutes).conflicts("until"),
    )
    .option("--until <instant>", "ISO 8601 with an offset", instant)
    .option("--from <instant>", "when it begins (now)", instant)
    .option("--reason <text>", "why; kept with it")
    .addOption(
      new Option("--end <increase-id>", "end this one now, from `ai-usage budget show`").conflicts([
        "amount",
        "for",
        "until",
        "from",
        "reason",
      ]),
    )
    .addOption(jsonOption())
    .action((id: string, flags: IncreaseFlags) => increaseOrEnd(id, flags, context));
  withExamples(
    increase,
    "budget increase bud_0f3c9a41b2d7e856 --amount 50 --for 24h --reason 'launch day'",
    "budget increase bud_0f3c9a41b2d7e856 --end inc_0f3c9a41b2d7",
  );
}

async function increaseOrEnd(id: string, flags: IncreaseFlags, context: CommandContext): Promise<void> {
  const { end, json } = flags;
  if (end === undefined) {
    const increase = increaseOf(flags);
    return showChanged(await context.connect().addIncrease(id, increase), json, context);
  }
  const ended = await context.connect().endIncrease(id, end);
  if (json) return context.printJson(ended);
  context.print(renderBudget(ended, context.style));
}

function increaseOf({ amount, for: minutes, until, from, reason }: IncreaseFlags): IncreaseInput {
  if (amount === undefined || reason === undefined || (minutes === undefined && until === undefined)) {
    throw new UsageError(
      "give --amount, --reason, and --for or --until; or --end with the id of an increase",
    );
  }
  return {
    amount,
    reason,
    ...(minutes === undefined ? { until } : { hours: minutes / 60 }),
    ...(from !== undefined && { from }),
  };
}
