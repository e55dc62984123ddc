import type {
  Budget,
  BudgetChangePage,
  BudgetHistory,
  BudgetLedger,
  BudgetOutcome,
  BudgetPage,
  BudgetStatus,
  ChangedBudget,
  LedgerRepair,
  Proposal,
  ProposalPage,
  Template,
  TemplatesAnswer,
} from "../answers.ts";
import type {
  BudgetInput,
  BudgetPatch,
  BudgetQuery,
  DecisionInput,
  HistoryQuery,
  IncreaseInput,
  ProposalQuery,
  TemplateInput,
} from "../budget-requests.ts";
import type { PageQuery } from "../requests.ts";
import { pathOf } from "./api-methods.ts";
import { PriceMethods } from "./price-methods.ts";

export abstract class BudgetMethods extends PriceMethods {
  createBudget(budget: BudgetInput): Promise<Budget> {
    return this.change("POST", "/budgets", budget);
  }

  /** Newest first. */
  listBudgets(query: BudgetQuery = {}): Promise<BudgetPage> {
    return this.ask("/budgets", query);
  }

  getBudget(budgetId: string): Promise<Budget> {
    return this.ask(pathOf`/budgets/${budgetId}`);
  }

  /** With a `proposal`, the budget is as it was: somebody else has to approve first. */
  async updateBudget(budgetId: string, patch: BudgetPatch): Promise<ChangedBudget> {
    return changed(await this.change<BudgetOutcome>("PATCH", pathOf`/budgets/${budgetId}`, patch));
  }

  /** It can be taken up again; its alerts and its history stay. */
  deactivateBudget(budgetId: string, input: DecisionInput = {}): Promise<Budget> {
    return this.change("POST", pathOf`/budgets/${budgetId}/deactivate`, input);
  }

  reactivateBudget(budgetId: string, input: DecisionInput = {}): Promise<Budget> {
    return this.change("POST", pathOf`/budgets/${budgetId}/reactivate`, input);
  }

  /** With a `proposal`, the budget is as it was: somebody else has to approve first. */
  async addIncrease(budgetId: string, increase: IncreaseInput): Promise<ChangedBudget> {
    const path = pathOf`/budgets/${budgetId}/increases`;
    return changed(await this.change<BudgetOutcome>("POST", path, increase));
  }

  /** Ends it now. */
  endIncrease(budgetId: string, increaseId: string): Promise<Budget> {
    return this.change("DELETE", pathOf`/budgets/${budgetId}/increases/${increaseId}`);
  }

  budgetStatus(budgetId: string): Promise<BudgetStatus> {
    return this.ask(pathOf`/budgets/${budgetId}/status`);
  }

  /** The running period and those before it, newest first. */
  budgetHistory(budgetId: string, query: HistoryQuery = {}): Promise<BudgetHistory> {
    return this.ask(pathOf`/budgets/${budgetId}/history`, query);
  }

  /** Who changed it, newest first. */
  budgetChanges(budgetId: string, query: PageQuery = {}): Promise<BudgetChangePage> {
    return this.ask(pathOf`/budgets/${budgetId}/changes`, query);
  }

  /** What of the limit is spent, reserved and left, and by which leases. */
  budgetLedger(budgetId: string): Promise<BudgetLedger> {
    return this.ask(pathOf`/budgets/${budgetId}/ledger`);
  }

  /** Sets the ledger to what metrics and leases say, and answers both. */
  repairLedger(budgetId: string): Promise<LedgerRepair> {
    return this.repeat("POST", pathOf`/budgets/${budgetId}/ledger/repair`);
  }

  /** Increases that wait for a second person, or have. */
  listProposals(query: ProposalQuery = {}): Promise<ProposalPage> {
    return this.ask("/budgets/proposals", query);
  }

  /** Not for who proposed it. */
  approveProposal(proposalId: string, input: DecisionInput = {}): Promise<Proposal> {
    return this.change("POST", pathOf`/budgets/proposals/${proposalId}/approve`, input);
  }

  /** Who proposed it withdraws it so. */
  rejectProposal(proposalId: string, input: DecisionInput = {}): Promise<Proposal> {
    return this.change("POST", pathOf`/budgets/proposals/${proposalId}/reject`, input);
  }

  createTemplate(template: TemplateInput): Promise<Template> {
    return this.change("POST", "/budget-templates", template);
  }

  listTemplates(): Promise<TemplatesAnswer> {
    return this.ask("/budget-templates");
  }

  getTemplate(templateId: string): Promise<Template> {
    return this.ask(pathOf`/budget-templates/${templateId}`);
  }

  /** It makes no more budgets; those that it made stay. */
  deactivateTemplate(templateId: string): Promise<Template> {
    return this.change("DELETE", pathOf`/budget-templates/${templateId}`);
  }
}

function changed(outcome: BudgetOutcome): ChangedBudget {
  return "proposal" in outcome ? outcome : { budget: outcome };
}
