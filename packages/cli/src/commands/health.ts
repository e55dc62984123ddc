import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { printable } from "../render/format.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";

export function addHealthCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("health")
    .description("Say whether the API answers, and where it is.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const client = context.connect();
      const health = await client.health();
      if (json) return context.printJson({ ...health, api_url: client.apiUrl });
      context.print(`${printable(health.status)}  version ${printable(health.version)}  ${client.apiUrl}`);
    });
  withExamples(command, "health", "health --json");
}
