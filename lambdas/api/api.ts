import { UnanswerableQuestionError } from "@ai-usage/core";
import { InvalidCursorError, ScopeFullError, TemplateSource, ThrottledError } from "@ai-usage/store";
import { fieldProblem, PROBLEM_MEDIA_TYPE, type Problem, ProblemError, problem } from "@ai-usage/wire";
import { Hono } from "hono";
import packageJson from "../../package.json" with { type: "json" };
import { logger } from "../environment.ts";
import type { ApiEnvironment, ApiParts } from "./context.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { proposalRoutes } from "./routes/budget-proposals.ts";
import { templateRoutes } from "./routes/budget-templates.ts";
import { budgetRoutes } from "./routes/budgets.ts";
import { channelRoutes } from "./routes/channels.ts";
import { costBudgetRoutes } from "./routes/cost-budget.ts";
import { alertDeliveryRoutes, deliveryRoutes } from "./routes/deliveries.ts";
import { enforcementRoutes } from "./routes/leases.ts";
import { ledgerRoutes } from "./routes/ledgers.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { outcomeRoutes } from "./routes/outcomes.ts";
import { adjustmentRoutes } from "./routes/price-adjustments.ts";
import { priceImportRoutes } from "./routes/price-import.ts";
import { priceRoutes } from "./routes/prices.ts";
import { quoteRoutes } from "./routes/quotes.ts";
import { restatementRoutes } from "./routes/restatements.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { unpricedRoutes } from "./routes/unpriced.ts";
import { usageRoutes } from "./routes/usage.ts";

const TEMPLATES_REFRESH_SECONDS = 5;

/** The routes as one app: the same on Lambda and in a test by `app.request()`. */
export function createApi(parts: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  app.route("/openapi.json", openApiRoutes());
  app.get("/health", (context) => context.json({ status: "ok", version: packageJson.version }));
  app.route("/ai_usage", usageRoutes(parts));
  app.route("/outcomes", outcomeRoutes(parts));
  const templates = new TemplateSource(parts.table, { refreshSeconds: TEMPLATES_REFRESH_SECONDS });
  const enforcement = enforcementRoutes(parts, templates);
  app.route("/budgets/decide", enforcement.decide);
  app.route("/leases", enforcement.leases);
  app.route("/budgets", ledgerRoutes(parts));
  app.route("/budgets/proposals", proposalRoutes(parts));
  app.route("/budgets", budgetRoutes(parts));
  app.route("/budget-templates", templateRoutes(parts, templates));
  app.route("/api/v1/ai/cost", costBudgetRoutes(parts));
  app.route("/alerts", alertRoutes(parts));
  app.route("/alerts", alertDeliveryRoutes(parts));
  app.route("/deliveries", deliveryRoutes(parts));
  app.route("/channels", channelRoutes(parts));
  app.route("/prices/restatements", restatementRoutes(parts));
  app.route("/prices/quote", quoteRoutes(parts));
  app.route("/prices/adjustments", adjustmentRoutes(parts));
  app.route("/prices/unpriced", unpricedRoutes(parts));
  app.route("/prices/import", priceImportRoutes(parts));
  app.route("/prices", priceRoutes(parts));
  app.route("/tokens", tokenRoutes(parts));
  app.notFound((context) =>
    answerProblem(problem(404, `there is no ${context.req.method} ${context.req.path.slice(0, 100)}`)),
  );
  app.onError((error) => answerProblem(problemOf(error)));
  return app;
}

function problemOf(error: Error): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof UnanswerableQuestionError) return fieldProblem(error.field, error.message).problem;
  if (error instanceof InvalidCursorError) return fieldProblem("cursor", error.message).problem;
  if (error instanceof ScopeFullError) return problem(409, error.message);
  logger.error("request failed", error);
  if (error instanceof ThrottledError) return problem(503, "too many change the same at once; try again");
  return problem(500, "this is our fault, and it is in the log; try again later");
}

function answerProblem(document: Problem): Response {
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: { "content-type": PROBLEM_MEDIA_TYPE },
  });
}
