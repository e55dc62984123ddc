import { usageFormatNames } from "@ai-usage/client";
import { type Command, Option } from "commander";

export interface JsonFlag {
  readonly json?: boolean;
}

export function jsonOption(): Option {
  return new Option("--json", "print the API's answer as JSON, and nothing else");
}

export function responseOption(): Option {
  return new Option(
    "--response <file>",
    "read it from the provider's raw answer, - for standard input; only what it counts is sent",
  );
}

export function formatOption(): Option {
  return new Option("--format <name>", "of the answer (what its shape tells)").choices(usageFormatNames);
}

export interface YesFlag {
  readonly yes?: boolean;
}

export function yesOption(): Option {
  return new Option("--yes", "do not ask first");
}

/** `lines` under the heading "Examples" of a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ai-usage ${line}`).join("\n")}`);
}
