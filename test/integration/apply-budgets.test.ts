import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Budget, newBudget, parseInstant, parseScope } from "@ai-usage/core";
import { createBudget, listBudgetChanges, listBudgets, listTemplates } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { functionEnvironment, newTable, type TestTable } from "../support/engine.ts";

// The function that CloudFormation would call, on a real table; its answers come to a server of this test.

interface Outcome {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: Record<string, string>;
}

const at = parseInstant("2026-11-21T12:00:00Z");
let table: TestTable;
let server: Server;
let answers: Outcome[];
let handler: typeof import("../../lambdas/apply-budgets/handler.ts")["handler"];

beforeAll(async () => {
  table = await newTable();
  Object.assign(process.env, functionEnvironment(table));
  handler = (await import("../../lambdas/apply-budgets/handler.ts")).handler;
  answers = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      answers.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await table.drop();
});

async function deploy(
  RequestType: "Create" | "Update" | "Delete",
  set: { readonly budgets?: readonly object[]; readonly templates?: readonly object[] },
): Promise<Outcome> {
  const { port } = server.address() as AddressInfo;
  const ResourceProperties = {
    ServiceToken: "arn:aws:lambda:eu-central-1:111122223333:function:apply",
    Budgets: JSON.stringify(set),
  };
  const shared = {
    ServiceToken: ResourceProperties.ServiceToken,
    ResponseURL: `http://127.0.0.1:${port}/`,
    StackId: "stack",
    RequestId: `request-${answers.length}`,
    LogicalResourceId: "Budgets",
    ResourceType: "Custom::AIUsageBudgets",
    ResourceProperties,
  };
  const made = { PhysicalResourceId: "budgets" };
  await handler(
    RequestType === "Create"
      ? { ...shared, RequestType }
      : RequestType === "Update"
        ? { ...shared, ...made, RequestType, OldResourceProperties: ResourceProperties }
        : { ...shared, ...made, RequestType },
  );
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error("CloudFormation was not answered");
  return answer;
}

const budgets = async (): Promise<readonly Budget[]> => (await listBudgets(table, { limit: 100 })).items;
const shown = async () =>
  (await budgets())
    .map(({ managedKey, amount, active, enforcement }) => [
      managedKey,
      amount.toString(),
      active,
      enforcement,
    ])
    .toSorted();

const growth = { key: "growth", scope: "team:growth", period: "monthly", amount: "500" };
const everything = { scope: "global:all", period: "daily", amount: 100, enforcement: "hard" };
const users = { pattern: "user:*", period: "daily", amount: "5", name: "{value}, a day" };

describe("budgets of a deployment", () => {
  it("are made, kept by code:deploy and written down as made by deploy", async () => {
    const { Status, PhysicalResourceId, Data } = await deploy("Create", {
      budgets: [growth, everything],
      templates: [users],
    });
    expect([Status, PhysicalResourceId]).toEqual(["SUCCESS", "budgets"]);
    expect(Data).toEqual({ Created: "3", Changed: "0", Ended: "0" });
    expect(await shown()).toEqual([
      ["global:all daily", "100", true, "hard"],
      ["growth", "500", true, "soft"],
    ]);
    for (const budget of await budgets()) {
      expect([budget.managedBy, budget.createdBy]).toEqual(["code:deploy", "deploy"]);
    }
    expect(await listTemplates(table)).toMatchObject([
      { pattern: "user:*", active: true, managedBy: "code:deploy", createdBy: "deploy" },
    ]);
  });

  it("are not made again when the same is deployed again", async () => {
    const before = await budgets();
    const { Data } = await deploy("Create", { budgets: [growth, everything], templates: [users] });
    expect(Data).toEqual({ Created: "0", Changed: "0", Ended: "0" });
    expect(await budgets()).toEqual(before);
  });

  it("become what the settings say now, and those that they name no more end", async () => {
    const { Status, Data } = await deploy("Update", {
      budgets: [{ ...growth, amount: "750" }],
      templates: [{ ...users, amount: "7" }],
    });
    expect(Status).toBe("SUCCESS");
    expect(Data).toEqual({ Created: "0", Changed: "2", Ended: "1" });
    expect(await shown()).toEqual([
      ["global:all daily", "100", false, "hard"],
      ["growth", "750", true, "soft"],
    ]);
    const [changed] = (await budgets()).filter(({ managedKey }) => managedKey === "growth");
    const { items } = await listBudgetChanges(table, changed?.budgetId ?? "", { limit: 10 });
    expect(items.map(({ kind, by }) => [kind, by])).toEqual([
      ["update", "deploy"],
      ["create", "deploy"],
    ]);
    expect((await listTemplates(table)).map(({ terms }) => terms.amount.toString())).toEqual(["7"]);
  });

  it("leave budgets of others alone", async () => {
    const own = aNewBudget({ scope: parseScope("team:growth"), createdAt: at });
    await createBudget(table, own, aNote("chg_own"));
    const other = newBudget(
      {
        kind: "create",
        budgetId: "bud_other",
        terms: { ...own, name: "by a file" },
        managedBy: "code:main",
        managedKey: "growth",
      },
      aNote("chg_other"),
    );
    if (other.outcome === "invalid") throw new Error(other.problem);
    await createBudget(table, other.budget, aNote("chg_other"));
    await deploy("Update", { budgets: [], templates: [] });
    expect((await budgets()).filter(({ active }) => active).map(({ managedBy }) => managedBy)).toEqual(
      expect.arrayContaining([undefined, "code:main"]),
    );
    expect((await shown()).filter(([, , active]) => active)).toHaveLength(2);
    expect((await listTemplates(table)).map(({ active }) => active)).toEqual([false]);
  });

  it("come back as they were when a deployment is rolled back", async () => {
    await deploy("Update", { budgets: [{ ...growth, amount: "750" }], templates: [] });
    const active = (await shown()).filter(([key, , isActive]) => isActive && key === "growth");
    expect(active).toContainEqual(["growth", "750", true, "soft"]);
  });

  it("stay when the stack goes", async () => {
    const before = await budgets();
    expect((await deploy("Delete", { budgets: [], templates: [] })).Status).toBe("SUCCESS");
    expect(await budgets()).toEqual(before);
  });

  it("fail the deployment with the reason, and are as they were, when one is wrong", async () => {
    const before = await budgets();
    const { Status, Reason } = await deploy("Update", {
      budgets: [growth, { ...growth, key: "second", amount: "nothing" }],
    });
    expect([Status, Reason]).toEqual([
      "FAILED",
      expect.stringMatching(/^budgets\.1\.amount must be a .*decimal number/),
    ]);
    expect(await budgets()).toEqual(before);
  });
});
