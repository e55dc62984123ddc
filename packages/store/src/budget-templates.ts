import {
  type Budget,
  type BudgetTemplate,
  type ChangeNote,
  epochMsOf,
  type Instant,
  newBudget,
  type Scope,
  scopeValueOf,
  templateApplies,
  templateBudgetId,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { getItems } from "./batches.ts";
import { fromBudgetItem, fromTermsAttributes, toTermsAttributes } from "./budget-item.ts";
import { createBudget, findBudget } from "./budgets.ts";
import { type Item, ItemReader } from "./item.ts";
import { BUDGET_TEMPLATES_PARTITION, budgetKey, templateKey } from "./keys.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

const CONCURRENT_BUDGETS = 8;

/** Stores a template, over one of the same id if there is one. Budgets that it has made stay as they are. */
export async function putTemplate(table: Table, template: BudgetTemplate): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: toTemplateItem(template) }));
}

export async function findTemplate(table: Table, templateId: string): Promise<BudgetTemplate | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: templateKey(templateId), ConsistentRead: true }),
  );
  return item && fromTemplateItem(item);
}

/** All templates, by their ids, those that are not active too. */
export async function listTemplates(table: Table): Promise<BudgetTemplate[]> {
  const items = await queryItems(table, { partition: BUDGET_TEMPLATES_PARTITION });
  return items.map(fromTemplateItem);
}

/** @returns the template, which makes no more budgets, or nothing when there is none of that id */
export async function deactivateTemplate(
  table: Table,
  templateId: string,
): Promise<BudgetTemplate | undefined> {
  try {
    const { Attributes: item } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: templateKey(templateId),
        UpdateExpression: "SET active = :no",
        ConditionExpression: "attribute_exists(PK)",
        ExpressionAttributeValues: { ":no": false },
        ReturnValues: "ALL_NEW",
      }),
    );
    return item && fromTemplateItem(item);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/**
 * Makes the budgets that active templates have for `scopes` and that there are not yet. One that was deactivated is not made
 * again. However many see a scope first, there is one budget of a template.
 *
 * @param known active budgets of the scopes, as they were read
 * @returns active ones that are not among `known`: made here, or by others a moment ago
 */
export async function ensureTemplateBudgets(
  table: Table,
  {
    scopes,
    known,
    templates,
    now,
  }: {
    readonly scopes: readonly Scope[];
    readonly known: readonly Budget[];
    readonly templates: readonly BudgetTemplate[];
    readonly now: Instant;
  },
): Promise<Budget[]> {
  const knownIds = new Set(known.map(({ budgetId }) => budgetId));
  const wanted = new Map<string, { template: BudgetTemplate; scope: Scope }>();
  for (const scope of new Set(scopes)) {
    for (const template of templates) {
      const budgetId = templateBudgetId(template.templateId, scope);
      if (templateApplies(template, scope) && !knownIds.has(budgetId))
        wanted.set(budgetId, { template, scope });
    }
  }
  const items = await getItems(table, [...wanted.keys()].map(budgetKey));
  const there = items.map(fromBudgetItem);
  for (const { budgetId } of there) wanted.delete(budgetId);
  const made = await pMap(wanted.values(), (one) => makeBudget(table, one, now), {
    concurrency: CONCURRENT_BUDGETS,
  });
  return [...there, ...made.filter((budget) => budget !== undefined)].filter(({ active }) => active);
}

/** @returns the budget as it is stored: of two who make it at once, one made it */
async function makeBudget(
  table: Table,
  { template, scope }: { template: BudgetTemplate; scope: Scope },
  now: Instant,
): Promise<Budget | undefined> {
  const { templateId, terms } = template;
  const budgetId = templateBudgetId(templateId, scope);
  const by = `template:${templateId}`;
  const note: ChangeNote = { changeId: `${budgetId}.created`, at: now, by };
  const name = nameFor(terms.name, scope);
  const creation = { kind: "create", budgetId, terms: { ...terms, scope, name } } as const;
  const made = newBudget({ ...creation, managedBy: by, managedKey: scope }, note);
  if (made.outcome === "invalid") throw new RangeError(`${by}: ${made.field} ${made.problem}`);
  const outcome = await createBudget(table, made.budget, note);
  return outcome === "created" ? made.budget : findBudget(table, budgetId);
}

const nameFor = (pattern: string, scope: Scope): string =>
  pattern.replaceAll("{scope}", () => scope).replaceAll("{value}", () => scopeValueOf(scope));

/** The templates of a table, as they were no longer ago than the time between two looks. One for each table and process. */
export class TemplateSource {
  readonly #table: Table;
  readonly #refreshMs: number;
  #templates: Promise<readonly BudgetTemplate[]> | undefined;
  #readAt = 0;

  constructor(table: Table, { refreshSeconds }: { readonly refreshSeconds: number }) {
    this.#table = table;
    this.#refreshMs = refreshSeconds * 1000;
  }

  /** Active templates. Those that ask meanwhile wait for the same answer. */
  current(now: Instant): Promise<readonly BudgetTemplate[]> {
    const at = epochMsOf(now);
    if (this.#templates === undefined || at - this.#readAt >= this.#refreshMs) {
      this.#readAt = at;
      const reading = listTemplates(this.#table).then((all) => all.filter(({ active }) => active));
      reading.catch(() => {
        // Not kept: the next one who asks reads again.
        if (this.#templates === reading) this.#templates = undefined;
      });
      this.#templates = reading;
    }
    return this.#templates;
  }

  /** To be called after a change: whoever made it sees it at once. */
  forget(): void {
    this.#templates = undefined;
  }
}

function toTemplateItem(template: BudgetTemplate): Item {
  return {
    ...templateKey(template.templateId),
    template_id: template.templateId,
    pattern: template.pattern,
    ...toTermsAttributes(template.terms),
    active: template.active,
    created_at: template.createdAt,
    created_by: template.createdBy,
    managed_by: template.managedBy,
    managed_key: template.managedKey,
  };
}

/** @throws InvalidItemError naming the attribute that is not what a template has */
function fromTemplateItem(item: Item): BudgetTemplate {
  const read = new ItemReader(item);
  return {
    templateId: read.text("template_id"),
    pattern: read.text("pattern"),
    terms: fromTermsAttributes(read),
    active: read.flag("active"),
    createdAt: read.instant("created_at"),
    createdBy: read.text("created_by"),
    managedBy: read.optionalText("managed_by"),
    managedKey: read.optionalText("managed_key"),
  };
}
