import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { NotDoneError } from "../../failures.ts";
import { count, printable } from "../../render/format.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";

/** `channels test`, which people look for under `alerts`, too. */
export function addChannelTest(parent: Command, context: CommandContext, name: string): void {
  const test = parent
    .command("test")
    .description("Send a message now that is marked as a test, and say what happened.")
    .argument("<channel-id>", "from `ai-usage channels list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const tested = await context.connect().testChannel(id);
      const { outcome, status, ms } = tested;
      const error = tested.error ? `: ${printable(tested.error)}` : "";
      const answered = status === undefined ? "" : `, status ${status}`;
      if (json) context.printJson(tested);
      else if (outcome === "sent") context.print(`sent${answered}, after ${count(ms)} ms`);
      if (outcome === "failed") {
        throw new NotDoneError(`the message did not get through${answered}, after ${count(ms)} ms${error}`);
      }
    });
  withExamples(test, `${name} chn_0f3c9a41b2d7e856`);
}
