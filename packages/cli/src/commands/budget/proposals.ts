import { type Proposal, type ProposalState, proposalStates } from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../../context.ts";
import { wholeNumber } from "../../parsers.ts";
import { renderProposals } from "../../render/proposals.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface ListFlags extends JsonFlag {
  readonly state: ProposalState;
  readonly limit: number;
}

interface DecideFlags extends JsonFlag {
  readonly reason?: string;
}

export function addProposalCommands(budget: Command, context: CommandContext): void {
  const list = budget
    .command("proposals")
    .description("List increases that wait for a second person, or have been decided.")
    .addOption(new Option("--state <state>", "those that are so").choices(proposalStates).default("pending"))
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async ({ state, limit, json }: ListFlags) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<Proposal>(limit, async (query) => {
        const page = await client.listProposals({ state, ...query });
        return { items: page.proposals, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ proposals: items, next_cursor: nextCursor });
      context.print(renderProposals(items, context.style));
    });
  withExamples(list, "budget proposals", "budget proposals --state approved");
  addDecision(budget, context, {
    name: "approve",
    description: "Let an increase through. Not for who proposed it.",
    decide: (client, id, input) => client.approveProposal(id, input),
  });
  addDecision(budget, context, {
    name: "reject",
    description: "Refuse an increase; who proposed it withdraws it so.",
    decide: (client, id, input) => client.rejectProposal(id, input),
  });
}

interface DecisionCommand {
  readonly name: "approve" | "reject";
  readonly description: string;
  decide(
    client: ReturnType<CommandContext["connect"]>,
    id: string,
    input: { readonly reason?: string },
  ): Promise<Proposal>;
}

function addDecision(
  budget: Command,
  context: CommandContext,
  { name, description, decide }: DecisionCommand,
) {
  const command = budget
    .command(name)
    .description(description)
    .argument("<proposal-id>", "from `ai-usage budget proposals`")
    .option("--reason <text>", "why, for the audit trail")
    .addOption(jsonOption())
    .action(async (id: string, { reason, json }: DecideFlags) => {
      const decided = await decide(context.connect(), id, reason === undefined ? {} : { reason });
      if (json) return context.printJson(decided);
      context.print(renderProposals([decided], context.style));
    });
  withExamples(command, `budget ${name} prp_0f3c9a41b2d7e856`);
}
