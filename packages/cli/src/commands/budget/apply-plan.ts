import type { AIUsageClient, Proposal } from "@ai-usage/client";
import {
  type BudgetSetEdit,
  editsOfPlan,
  termsToRequest,
  updateToRequest,
} from "@ai-usage/client/budgets-as-code";
import type { CommandContext } from "../../context.ts";
import { printable } from "../../render/format.ts";
import type { PlannedSet } from "./deployed-set.ts";

interface Applying {
  readonly client: AIUsageClient;
  /** For the audit trail. */
  readonly reason: string;
  readonly json: boolean;
}

/** What became of an edit. `waiting`: a second person has to let it through. */
interface AppliedEdit {
  readonly outcome: "done" | "waiting";
  readonly edit: "create" | "update" | "reactivate" | "deactivate" | "put_template" | "deactivate_template";
  readonly key: string;
  readonly id: string;
  readonly proposal_id?: string;
}

/** Makes the edits of a plan, one after the other. Cut off, it goes on where it is applied again. */
export async function applyPlan(
  { plan, set }: PlannedSet,
  { client, reason, json }: Applying,
  context: CommandContext,
): Promise<void> {
  const applied: AppliedEdit[] = [];
  for (const edit of editsOfPlan(plan)) {
    try {
      applied.push(await applyEdit(edit, { client, reason }));
    } catch (error) {
      context.note(
        `Stopped at ${printable(keyOf(edit))}, after ${applied.length} changes. Apply it again to go on.`,
      );
      throw error;
    }
    const last = applied.at(-1);
    if (!json && last) context.print(lineOf(last));
  }
  if (json) context.printJson({ set: set.name, managed_by: plan.managedBy, edits: applied });
}

async function applyEdit(
  edit: BudgetSetEdit,
  { client, reason }: Omit<Applying, "json">,
): Promise<AppliedEdit> {
  const key = keyOf(edit);
  switch (edit.kind) {
    case "create": {
      const managed = { managed_by: edit.managedBy, managed_key: edit.managedKey };
      const { scope } = edit.terms;
      const made = await client.createBudget({ ...termsToRequest(edit.terms), scope, ...managed, reason });
      return { outcome: "done", edit: "create", key, id: made.budget_id };
    }
    case "amend":
      return amend(edit, { client, reason });
    case "put_template": {
      const { template, managedBy } = edit;
      const made = await client.createTemplate({
        pattern: template.pattern,
        ...termsToRequest(template.terms),
        managed_by: managedBy,
        managed_key: template.key,
      });
      return { outcome: "done", edit: "put_template", key, id: made.template_id };
    }
    case "deactivate_template":
      await client.deactivateTemplate(edit.templateId);
      return { outcome: "done", edit: "deactivate_template", key, id: edit.templateId };
    default:
      return edit satisfies never;
  }
}

async function amend(
  { amendment, budgetId: id, key }: Extract<BudgetSetEdit, { kind: "amend" }>,
  { client, reason }: Omit<Applying, "json">,
): Promise<AppliedEdit> {
  const { kind } = amendment;
  switch (kind) {
    case "update": {
      // What waits already is answered as it is, and not proposed a second time.
      const { proposal } = await client.updateBudget(id, { ...updateToRequest(amendment.terms), reason });
      return { edit: kind, key, id, ...outcomeOf(proposal) };
    }
    case "reactivate":
      await client.reactivateBudget(id, { reason });
      return { outcome: "done", edit: kind, key, id };
    case "deactivate":
      await client.deactivateBudget(id, { reason });
      return { outcome: "done", edit: kind, key, id };
    default:
      return kind satisfies never;
  }
}

const outcomeOf = (proposal: Proposal | undefined): Pick<AppliedEdit, "outcome" | "proposal_id"> =>
  proposal === undefined ? { outcome: "done" } : { outcome: "waiting", proposal_id: proposal.proposal_id };

function keyOf(edit: BudgetSetEdit): string {
  switch (edit.kind) {
    case "create":
      return edit.managedKey;
    case "amend":
    case "deactivate_template":
      return edit.key;
    case "put_template":
      return edit.template.key;
    default:
      return edit satisfies never;
  }
}

const words = {
  create: "created",
  update: "changed",
  reactivate: "taken up again:",
  deactivate: "deactivated",
  put_template: "set template",
  deactivate_template: "ended template",
} as const;

function lineOf({ outcome, edit, key, id, proposal_id }: AppliedEdit): string {
  if (outcome === "done") return `${words[edit]} ${printable(key)}  ${id}`;
  return `${printable(key)}  ${id} waits for a second person: ai-usage budget approve ${proposal_id}`;
}
