import type { Budget, Proposal } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { moment, printable } from "./format.ts";
import { type Column, table } from "./table.ts";

const columns: readonly Column<Proposal>[] = [
  { head: "id", cell: ({ proposal_id }) => proposal_id },
  { head: "state", cell: ({ state }) => state },
  { head: "budget", cell: ({ budget_id }) => budget_id },
  { head: "from", align: "right", cell: ({ amount_before }) => amount_before },
  { head: "to", align: "right", cell: ({ amount_after }) => amount_after },
  { head: "what", cell: ({ kind }) => (kind === "increase" ? "for a while" : "for good") },
  { head: "proposed", cell: ({ proposed_at }) => moment(proposed_at) },
  { head: "by", cell: ({ proposed_by }) => proposed_by },
  { head: "why", cell: ({ reason = "" }) => reason },
  { head: "decided by", cell: ({ decided_by = "" }) => decided_by },
];

export function renderProposals(proposals: readonly Proposal[], { colors }: Style): string {
  return proposals.length === 0 ? "No proposals." : table(columns, proposals, colors);
}

/** Of an increase that a second person has to let through. */
export function renderWaiting({ proposal_id }: Proposal, { name }: Budget): string {
  return (
    `"${printable(name)}" is as it was: so large an increase needs a second person.\n` +
    `Somebody else lets it through with: ai-usage budget approve ${proposal_id}`
  );
}
