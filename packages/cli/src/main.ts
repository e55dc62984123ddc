import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addAlertCommands } from "./commands/alerts/alerts.ts";
import { addBudgetCommands } from "./commands/budget/budget.ts";
import { addChannelCommands } from "./commands/channels/channels.ts";
import { addEventsCommand } from "./commands/events.ts";
import { addHealthCommand } from "./commands/health.ts";
import { addPriceCommands } from "./commands/prices/prices.ts";
import { addRecordCommand } from "./commands/record.ts";
import { addReportCommand } from "./commands/report.ts";
import { addSyncCommand } from "./commands/sync.ts";
import { addTokenCommands } from "./commands/tokens.ts";
import { type CliParts, createContext } from "./context.ts";
import { EXIT_CODES_HELP, exitCodes, failureOf } from "./failures.ts";

const HELP = `
Where the API is:
  AI_USAGE_API_URL and AI_USAGE_TOKEN name a deployed stack. Without them, the local stack is used whose home
  is AI_USAGE_HOME, or the nearest .ai-usage from here upwards (\`npm start\` writes it).

Examples:
  ai-usage report --days 7 --group-by model,team
  ai-usage record --service openai --model gpt-4o --operation chat --input-tokens 1200 --output-tokens 300
  ai-usage budget create --scope team:growth --amount 500 --period monthly
  ai-usage budget status
  ai-usage budget plan budgets.yaml
  ai-usage alerts list --state open
  ai-usage prices quote --service openai --model gpt-4o --input-tokens 1200 --output-tokens 300`;

export function createProgram(parts: CliParts): Command {
  const context = createContext(parts);
  const program = new Command("ai-usage")
    .description(
      "What AI calls cost: record them, ask what was spent, set budgets, see alerts and who is told.",
    )
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void parts.io.stdout.write(text),
      writeErr: (text) => void parts.io.stderr.write(text),
      getOutHelpWidth: () => parts.io.stdout.columns || 110,
      getErrHelpWidth: () => parts.io.stderr.columns || 110,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("Add --help to see what can be given, with examples.")
    .addHelpText("after", HELP)
    .addHelpText("afterAll", EXIT_CODES_HELP);
  addReportCommand(program, context);
  addRecordCommand(program, context);
  addSyncCommand(program, context);
  addBudgetCommands(program, context);
  addAlertCommands(program, context);
  addChannelCommands(program, context);
  addPriceCommands(program, context);
  addTokenCommands(program, context);
  addEventsCommand(program, context);
  addHealthCommand(program, context);
  return program;
}

/** Runs one command line and says how it ended. */
export async function run(args: readonly string[], parts: CliParts): Promise<number> {
  try {
    await createProgram(parts).parseAsync(args, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    const { exitCode, message } = failureOf(error, parts.env);
    if (message !== undefined) parts.io.stderr.write(`error: ${message}\n`);
    return exitCode;
  }
}
