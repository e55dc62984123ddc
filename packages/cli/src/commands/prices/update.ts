import { ApiError, type ImportAnswer } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { NotDoneError, UsageError } from "../../failures.ts";
import { wholeNumber } from "../../parsers.ts";
import { createProgress } from "../../progress.ts";
import { printable } from "../../render/format.ts";
import { renderDifferences } from "../../render/price-differences.ts";
import { shellWord } from "../../render/shell-word.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { type PriceList, priceListsOfFile, priceListsOfPackage } from "./price-list.ts";

interface UpdateFlags extends JsonFlag {
  readonly from: string;
  readonly provider?: string;
  readonly apply?: boolean;
  readonly top: number;
}

export function addUpdateCommand(prices: Command, context: CommandContext): void {
  const command = prices
    .command("update")
    .description(
      "Compare prices from a file, or newer published ones, with those in force, and take them over.",
    )
    .requiredOption(
      "--from <source>",
      "a price file; or package: the @pydantic/genai-prices that is installed here",
    )
    .option("--provider <name>", "only this provider of them")
    .option("--apply", "write what differs as prices of your own")
    .option("--top <n>", "show that many differences of each kind", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action((flags: UpdateFlags) => update(flags, context));
  withExamples(
    command,
    "prices update --from contract.json",
    "prices update --from package --provider openai",
    "prices update --from package --apply",
  );
}

async function update({ from, provider, apply = false, top, json }: UpdateFlags, context: CommandContext) {
  const lists =
    from === "package" ? await priceListsOfPackage(context.cwd) : await priceListsOfFile(from, context.cwd);
  const { answer, refused } = await importAll(chosenOf(lists, provider, from), !apply, context);
  if (json) context.printJson(answer);
  else if (answer.differences.length > 0 || refused.length === 0) {
    showUpdate(answer, { from, provider, apply, top }, context);
  }
  if (refused.length > 0) {
    throw new NotDoneError(`the prices of these providers were refused\n${refused.join("\n")}`);
  }
}

function showUpdate(
  answer: ImportAnswer,
  { from, provider, apply, top }: Omit<UpdateFlags, "json">,
  context: CommandContext,
): void {
  for (const warning of answer.warnings) context.note(printable(warning));
  context.print(renderDifferences(answer, top, context.style));
  if (apply || answer.differences.length === 0) return;
  const which = provider === undefined ? "" : ` --provider ${shellWord(provider)}`;
  context.note(
    `\nNothing was written. To take them over: ai-usage prices update --from ${shellWord(from)}${which} --apply`,
  );
}

function chosenOf(
  lists: readonly PriceList[],
  provider: string | undefined,
  from: string,
): readonly PriceList[] {
  if (provider === undefined) return lists;
  const chosen = lists.filter((list) => list.provider === provider);
  if (chosen.length > 0) return chosen;
  const names = lists.map((list) => list.provider).join(", ");
  throw new UsageError(`${from} has no prices of ${provider}, but of ${names}`);
}

interface Imported {
  readonly answer: ImportAnswer;
  /** What the API says of those that it does not take. */
  readonly refused: readonly string[];
}

/** One provider a request: all of them would be more than one request may hold. What is wrong with one holds up no other. */
async function importAll(
  lists: readonly PriceList[],
  dryRun: boolean,
  context: CommandContext,
): Promise<Imported> {
  const client = context.connect();
  const progress = createProgress(context.io.stderr);
  const answers: ImportAnswer[] = [];
  const refused: string[] = [];
  for (const [index, { provider, format, data }] of lists.entries()) {
    progress.show(`${provider}, ${index + 1} of ${lists.length}`);
    try {
      answers.push(await client.importPrices({ format, data, dry_run: dryRun }));
    } catch (error) {
      progress.end();
      if (!isAboutTheList(error)) {
        if (!dryRun)
          context.note(`This happened at ${provider}; those before it are written. Run it again to go on.`);
        throw error;
      }
      refused.push(printable(`${provider}: ${error.message}`));
    }
  }
  progress.end();
  return { answer: merge(answers), refused };
}

function isAboutTheList(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 400 || error.status === 413);
}

/** The answers about several providers as if there had been one. */
function merge(answers: readonly ImportAnswer[]): ImportAnswer {
  const sum = (of: keyof ImportAnswer["summary"]) =>
    answers.reduce((total, { summary }) => total + summary[of], 0);
  return {
    differences: answers.flatMap(({ differences }) => differences),
    summary: { added: sum("added"), changed: sum("changed"), withdrawn: sum("withdrawn") },
    warnings: answers.flatMap(({ warnings }) => warnings),
    applied: answers.some(({ applied }) => applied),
  };
}
