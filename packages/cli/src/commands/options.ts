import { type Command, Option } from "commander";

export interface JsonFlag {
  readonly json?: boolean;
}

export function jsonOption(): Option {
  return new Option("--json", "print the API's answer as JSON, and nothing else");
}

/** `lines` under the heading "Examples" of a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ai-usage ${line}`).join("\n")}`);
}
