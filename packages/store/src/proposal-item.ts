import {
  type BudgetAmendment,
  type BudgetProposal,
  enforcements,
  failModes,
  parseScope,
  proposalStates,
  type TermsUpdate,
} from "@ai-usage/core";
import {
  fromIncreaseAttributes,
  fromThresholdAttributes,
  toIncreaseAttributes,
  toThresholdAttributes,
} from "./budget-item.ts";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { listingKey, listings, proposalKey } from "./keys.ts";

export function toProposalItem(proposal: BudgetProposal): Item {
  return {
    ...proposalKey(proposal.proposalId),
    ...listingKey(listings.proposals, proposal.proposedAt, proposal.proposalId),
    proposal_id: proposal.proposalId,
    budget_id: proposal.budgetId,
    scope: proposal.scope,
    edit: toEditAttributes(proposal.edit),
    reason: proposal.reason,
    proposed_at: proposal.proposedAt,
    proposed_by: proposal.proposedBy,
    revision: proposal.revision,
    amount_before: moneyAttribute(proposal.amountBefore),
    amount_after: moneyAttribute(proposal.amountAfter),
    state: proposal.state,
    decided_at: proposal.decidedAt,
    decided_by: proposal.decidedBy,
    decision_reason: proposal.decisionReason,
  };
}

/** @throws InvalidItemError naming the attribute that is not what a proposal has */
export function fromProposalItem(item: Item): BudgetProposal {
  const read = new ItemReader(item);
  return {
    proposalId: read.text("proposal_id"),
    budgetId: read.text("budget_id"),
    scope: parseScope(read.text("scope")),
    edit: fromEditAttributes(read.map("edit")),
    reason: read.optionalText("reason"),
    proposedAt: read.instant("proposed_at"),
    proposedBy: read.text("proposed_by"),
    revision: read.integer("revision"),
    amountBefore: read.money("amount_before"),
    amountAfter: read.money("amount_after"),
    state: read.word("state", proposalStates),
    decidedAt: read.optionalInstant("decided_at"),
    decidedBy: read.optionalText("decided_by"),
    decisionReason: read.optionalText("decision_reason"),
  };
}

function toEditAttributes(edit: BudgetAmendment): Item {
  switch (edit.kind) {
    case "update":
      return { kind: edit.kind, terms: toUpdateAttributes(edit.terms) };
    case "increase":
      return { kind: edit.kind, increase: toIncreaseAttributes(edit.increase) };
    case "end_increase":
      return { kind: edit.kind, increase_id: edit.increaseId };
    case "deactivate":
    case "reactivate":
      return { kind: edit.kind };
    default:
      return edit satisfies never;
  }
}

const amendmentKinds = [
  "update",
  "increase",
  "end_increase",
  "deactivate",
  "reactivate",
] as const satisfies readonly BudgetAmendment["kind"][];

function fromEditAttributes(read: ItemReader): BudgetAmendment {
  const kind = read.word("kind", amendmentKinds);
  switch (kind) {
    case "update":
      return { kind, terms: fromUpdateAttributes(read.map("terms")) };
    case "increase":
      return { kind, increase: fromIncreaseAttributes(read.map("increase")) };
    case "end_increase":
      return { kind, increaseId: read.text("increase_id") };
    case "deactivate":
    case "reactivate":
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** `null` ends something, and stays null; what is to stay as it is, is left out. */
function toUpdateAttributes(update: TermsUpdate): Item {
  const { amount, thresholds, rollover, spike } = update;
  return {
    name: update.name,
    amount: amount && moneyAttribute(amount),
    thresholds: thresholds?.map(toThresholdAttributes),
    enforcement: update.enforcement,
    fail_mode: update.failMode,
    metadata: update.metadata && { ...update.metadata },
    rollover_cap: rollover && moneyAttribute(rollover.cap),
    spike: spike && { times: spike.times, at_least: moneyAttribute(spike.atLeast) },
    contact: update.contact,
  };
}

function fromUpdateAttributes(read: ItemReader): TermsUpdate {
  return {
    ...(read.has("name") && { name: read.text("name") }),
    ...(read.has("amount") && { amount: read.money("amount") }),
    ...(read.has("thresholds") && { thresholds: read.maps("thresholds").map(fromThresholdAttributes) }),
    ...(read.has("enforcement") && { enforcement: read.word("enforcement", enforcements) }),
    ...(read.has("fail_mode") && { failMode: read.word("fail_mode", failModes) }),
    ...(read.has("metadata") && { metadata: read.map("metadata").textMap() }),
    ...orNull(read, "rollover_cap", () => ({ rollover: { cap: read.money("rollover_cap") } }), {
      rollover: null,
    }),
    ...orNull(read, "spike", () => ({ spike: spikeOf(read.map("spike")) }), { spike: null }),
    ...orNull(read, "contact", () => ({ contact: read.text("contact") }), { contact: null }),
  };
}

const spikeOf = (read: ItemReader) => ({ times: read.text("times"), atLeast: read.money("at_least") });

function orNull(read: ItemReader, name: string, given: () => TermsUpdate, ended: TermsUpdate): TermsUpdate {
  if (!read.has(name)) return {};
  return read.isNull(name) ? ended : given();
}
