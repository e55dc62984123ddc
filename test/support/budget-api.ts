import { rollUp } from "@ai-usage/store";
import { expect } from "vitest";
import { newToken, newTokens } from "./bad-input.ts";
import { newTable } from "./engine.ts";
import { type Answer, openGateway } from "./gateway.ts";
import { readStream, recordsOf } from "./stream.ts";

type Who = "admin" | "second" | "read" | "ingest" | "growth";
type Asked = [method: string, path: string, body?: unknown, who?: Who];

/**
 * The functions that would be deployed, on a table of their own, and what is asked of them about budgets. Above 1,000 dollars
 * an increase takes a second person here. To be opened once in a test file.
 */
export async function openBudgetApi() {
  const table = await newTable();
  const gateway = await openGateway(table);
  const tokens = { ...(await newTokens(table)), second: await newToken(table, "second", ["admin"]) };

  const ask = (...[method, path, body, who = "admin"]: Asked): Promise<Answer> =>
    gateway.request({
      method,
      path,
      token: tokens[who],
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  /** The answer's body, with the status that it must have. */
  const answered = async (status: number, ...asked: Asked): Promise<Record<string, unknown>> => {
    const answer = await ask(...asked);
    expect([answer.status, answer.body]).toEqual([status, answer.body]);
    return answer.body;
  };

  const newBudget = (scope: string, given: object = {}) =>
    answered(201, "POST", "/budgets", { scope, amount: 100, period: "monthly", ...given });

  let calls = 0;
  return {
    table,
    ask,
    answered,
    newBudget,
    async newBudgetId(scope: string, given: object = {}): Promise<string> {
      return String((await newBudget(scope, given)).budget_id);
    },
    /** A call that cost so much, in the totals by now. */
    async spend(fields: object, cost: string): Promise<void> {
      calls += 1;
      const metric = {
        request_id: `call-${calls}`,
        service: "openai",
        model: "gpt-4o",
        operation: "chat",
        timestamp: new Date().toISOString(),
        cost_usd: cost,
        ...fields,
      };
      await answered(200, "POST", "/ai_usage", metric, "ingest");
      await rollUp(table, recordsOf(await readStream(table), `USAGE#call-${calls}`), "shard");
    },
    /** Who changed a budget, newest first. */
    async auditOf(budgetId: string): Promise<Record<string, unknown>[]> {
      const { entries } = await answered(200, "GET", `/budgets/${budgetId}/changes`, undefined, "read");
      return entries as Record<string, unknown>[];
    },
  };
}

export type BudgetApi = Awaited<ReturnType<typeof openBudgetApi>>;
