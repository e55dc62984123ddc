import type { BudgetTemplate } from "@ai-usage/core";
import {
  deactivateTemplate,
  findTemplate,
  listTemplates,
  putTemplate,
  type TemplateSource,
} from "@ai-usage/store";
import { ProblemError, parseNewTemplate, toWireTemplate } from "@ai-usage/wire";
import { Hono } from "hono";
import {
  type ApiEnvironment,
  type ApiParts,
  idOf,
  jsonBodyOf,
  newId,
  unlimitedCallerWith,
} from "../context.ts";

/**
 * What makes a budget for each scope of a pattern: a matter of the whole deployment.
 * @param inForce what those who see scopes go by
 */
export function templateRoutes({ table, clock }: ApiParts, inForce: TemplateSource): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.post("/", async (context) => {
    const { tokenId: by } = unlimitedCallerWith(context, "admin");
    const made = { newId: newId("tpl"), now: clock(), by };
    const template = parseNewTemplate(await jsonBodyOf(context), made);
    const former =
      template.managedBy === undefined ? undefined : await findTemplate(table, template.templateId);
    const stored: BudgetTemplate = former
      ? { ...template, createdAt: former.createdAt, createdBy: former.createdBy }
      : template;
    await putTemplate(table, stored);
    inForce.forget();
    return context.json(toWireTemplate(stored), former ? 200 : 201);
  });

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "read");
    return context.json({ templates: (await listTemplates(table)).map(toWireTemplate) });
  });

  app.get("/:id", async (context) => {
    unlimitedCallerWith(context, "read");
    return context.json(toWireTemplate(foundOr404(await findTemplate(table, idOf(context)))));
  });

  app.delete("/:id", async (context) => {
    unlimitedCallerWith(context, "admin");
    const template = foundOr404(await deactivateTemplate(table, idOf(context)));
    inForce.forget();
    return context.json(toWireTemplate(template));
  });

  return app;
}

function foundOr404(template: BudgetTemplate | undefined): BudgetTemplate {
  if (!template) throw new ProblemError(404, "there is no such template");
  return template;
}
