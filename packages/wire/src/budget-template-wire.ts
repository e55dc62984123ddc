import {
  type BudgetTemplate,
  type Instant,
  InvalidScopeError,
  managedTemplateId,
  parseScope,
} from "@ai-usage/core";
import * as z from "zod";
import { termsFields, termsFromWire, toWireTerms } from "./budget-terms-wire.ts";
import { managedFields, managerFromWire } from "./budget-wire.ts";
import { parseOrProblem } from "./problem.ts";

/** All of a dimension, or of a beginning. Every scope that is ever seen (`*`) would be a budget for each model of each service. */
const patternField = z
  .string({ error: () => "must be a string" })
  .refine(isPattern, "must be all of a dimension (user:*), or of a beginning (team:eu-*)");

function isPattern(pattern: string): boolean {
  if (!pattern.endsWith("*") || pattern.startsWith("global:")) return false;
  try {
    parseScope(pattern);
    return true;
  } catch (error) {
    if (error instanceof InvalidScopeError) return false;
    throw error;
  }
}

/** Body of `POST /budget-templates`. */
export const templateSchema = z.strictObject({ pattern: patternField, ...termsFields, ...managedFields });

/**
 * Reads the body of `POST /budget-templates`. What manages a template and its key make its id.
 * @throws ProblemError 400
 */
export function parseNewTemplate(
  body: unknown,
  { newId, now, by }: { newId: string; now: Instant; by: string },
): BudgetTemplate {
  const wire = parseOrProblem(templateSchema, body);
  const manager = managerFromWire(wire);
  return {
    templateId: manager ? managedTemplateId(manager.managedBy, manager.managedKey) : newId,
    pattern: wire.pattern,
    terms: termsFromWire(wire, "{scope}"),
    active: true,
    createdAt: now,
    createdBy: by,
    ...manager,
  };
}

export function toWireTemplate(template: BudgetTemplate) {
  const { name, ...terms } = toWireTerms(template.terms);
  return {
    template_id: template.templateId,
    name,
    pattern: template.pattern,
    ...terms,
    active: template.active,
    created_at: template.createdAt,
    created_by: template.createdBy,
    ...(template.managedBy !== undefined && { managed_by: template.managedBy }),
    ...(template.managedKey !== undefined && { managed_key: template.managedKey }),
  };
}
