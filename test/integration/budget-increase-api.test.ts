import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BudgetApi, openBudgetApi } from "../support/budget-api.ts";

let api: BudgetApi;

beforeAll(async () => {
  api = await openBudgetApi();
});
afterAll(() => api.table.drop());

describe("raise above what one may decide", () => {
  const raise = { amount: 2000, reason: "launch" };

  it("waits for a second person, who lets it through", async () => {
    const id = await api.newBudgetId("team:raised");
    const waiting = await api.answered(202, "PATCH", `/budgets/${id}`, raise);
    expect(waiting).toMatchObject({
      budget: { amount: "100", revision: 1 },
      proposal: {
        budget_id: id,
        scope: "team:raised",
        state: "pending",
        kind: "update",
        amount_before: "100",
        amount_after: "2000",
        reason: "launch",
        proposed_by: "admin",
      },
    });
    const { proposal_id } = waiting.proposal as { proposal_id: string };
    expect(await api.answered(202, "PATCH", `/budgets/${id}`, raise)).toMatchObject({
      proposal: { proposal_id },
    });
    const pending = await api.answered(
      200,
      "GET",
      `/budgets/proposals?state=pending&budget_id=${id}`,
      undefined,
      "read",
    );
    expect(pending).toMatchObject({ proposals: [{ proposal_id }], next_cursor: null });

    const path = `/budgets/proposals/${proposal_id}`;
    expect(await api.ask("POST", `${path}/approve`)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("second person") },
    });
    expect(await api.answered(200, "GET", `/budgets/${id}`)).toMatchObject({ amount: "100" });
    const approved = await api.answered(200, "POST", `${path}/approve`, { reason: "fine" }, "second");
    expect(approved).toMatchObject({ state: "approved", decided_by: "second", decision_reason: "fine" });
    expect(await api.answered(200, "GET", `/budgets/${id}`)).toMatchObject({ amount: "2000", revision: 2 });
    expect((await api.auditOf(id))[0]).toMatchObject({
      by: "admin",
      approved_by: "second",
      reason: "launch",
    });
    expect(await api.answered(200, "POST", `${path}/approve`, undefined, "second")).toEqual(approved);
    expect((await api.ask("POST", `${path}/reject`, {}, "second")).status).toBe(409);
  });

  it("is rejected by another, or withdrawn by who proposed it", async () => {
    const id = await api.newBudgetId("team:unraised");
    const propose = async () => {
      const { proposal } = await api.answered(202, "PATCH", `/budgets/${id}`, raise);
      return `/budgets/proposals/${(proposal as { proposal_id: string }).proposal_id}`;
    };
    const rejected = await propose();
    const no = { reason: "not this year" };
    expect(await api.answered(200, "POST", `${rejected}/reject`, no, "second")).toMatchObject({
      state: "rejected",
      decision_reason: "not this year",
    });
    const withdrawn = await propose();
    expect(await api.answered(200, "POST", `${withdrawn}/reject`)).toMatchObject({ state: "withdrawn" });
    expect((await api.ask("POST", `${withdrawn}/approve`, {}, "second")).status).toBe(409);
    expect(await api.answered(200, "GET", `/budgets/${id}`)).toMatchObject({ amount: "100", revision: 1 });
  });

  it("shows all that would change to those who decide", async () => {
    const id = await api.newBudgetId("team:shown", { enforcement: "hard" });
    const body = { ...raise, enforcement: "soft", contact: null, thresholds: [90, { amount: 1500 }] };
    expect(await api.answered(202, "PATCH", `/budgets/${id}`, body)).toMatchObject({
      proposal: {
        changes: {
          amount: "2000",
          enforcement: "soft",
          contact: null,
          thresholds: [
            { percent: "90", on: "actual", level: "WARNING" },
            { amount: "1500", on: "actual", level: "INFO" },
          ],
        },
      },
    });
    const hours = { amount: 1500, hours: 2, reason: "launch" };
    expect(await api.answered(202, "POST", `/budgets/${id}/increases`, hours)).toMatchObject({
      proposal: { kind: "increase", from: expect.any(String), until: expect.any(String) },
    });
  });

  it("is outdated once the limit has changed", async () => {
    const id = await api.newBudgetId("team:outdated");
    const { proposal } = await api.answered(202, "PATCH", `/budgets/${id}`, raise);
    await api.answered(200, "PATCH", `/budgets/${id}`, { amount: 50 });
    const path = `/budgets/proposals/${(proposal as { proposal_id: string }).proposal_id}`;
    expect((await api.ask("POST", `${path}/approve`, {}, "second")).status).toBe(409);
    expect(await api.answered(200, "GET", `/budgets/${id}`)).toMatchObject({ amount: "50" });
  });
});

describe("temporary increase over HTTP", () => {
  it("counts for a while, and ends when it is told to", async () => {
    const id = await api.newBudgetId("team:increased");
    const raised = await api.answered(201, "POST", `/budgets/${id}/increases`, {
      amount: 50,
      hours: 2,
      reason: "launch",
    });
    const [increase] = raised.increases as Record<string, unknown>[];
    expect(increase).toMatchObject({ amount: "50", by: "admin", reason: "launch", state: "in_force" });
    expect(await api.answered(200, "GET", `/budgets/${id}/status`)).toMatchObject({
      limit: "150",
      limit_parts: { amount: "100", rolled_over: "0", increased: "50" },
    });
    const path = `/budgets/${id}/increases/${increase?.increase_id}`;
    for (let times = 0; times < 2; times++)
      expect(await api.answered(200, "DELETE", path)).toMatchObject({ increases: [{ state: "ended" }] });
    expect(await api.answered(200, "GET", `/budgets/${id}/status`)).toMatchObject({ limit: "100" });
    expect((await api.auditOf(id)).map(({ kind }) => kind)).toEqual(["end_increase", "increase", "create"]);
  });

  it("above what one may decide waits for a second person", async () => {
    const id = await api.newBudgetId("team:increasing");
    const body = { amount: 1500, hours: 2, reason: "launch" };
    const { proposal } = await api.answered(202, "POST", `/budgets/${id}/increases`, body);
    expect(proposal).toMatchObject({ kind: "increase", amount_before: "100", amount_after: "1600" });
    const path = `/budgets/proposals/${(proposal as { proposal_id: string }).proposal_id}/approve`;
    await api.answered(200, "POST", path, undefined, "second");
    expect(await api.answered(200, "GET", `/budgets/${id}/status`)).toMatchObject({ limit: "1600" });
  });
});

describe("budget template over HTTP", () => {
  it("is made, shown, put in the place of itself, and ended", async () => {
    const managed = { managed_by: "code:main", managed_key: "users" };
    const body = { pattern: "user:*", amount: 5, period: "daily", name: "{value} a day", ...managed };
    const made = await api.answered(201, "POST", "/budget-templates", body);
    expect(made).toMatchObject({
      pattern: "user:*",
      amount: "5",
      name: "{value} a day",
      active: true,
      ...managed,
    });
    const changed = await api.answered(200, "POST", "/budget-templates", { ...body, amount: 7 }, "second");
    expect(changed).toEqual({ ...made, amount: "7", thresholds: changed.thresholds });
    expect(
      await api.answered(200, "GET", `/budget-templates/${made.template_id}`, undefined, "read"),
    ).toEqual(changed);
    expect(await api.answered(200, "GET", "/budget-templates", undefined, "read")).toEqual({
      templates: [changed],
    });

    const lease = {
      call: { service: "openai", model: "gpt-4o", operation: "chat", user_id: "jo" },
      max: { cost_usd: "0.01" },
    };
    await api.answered(201, "POST", "/leases", lease, "ingest");
    const { budgets } = await api.answered(200, "GET", "/budgets?scope=user:jo");
    expect(budgets).toEqual([
      expect.objectContaining({ name: "jo a day", amount: "7", managed_by: `template:${made.template_id}` }),
    ]);
    const ended = await api.answered(200, "DELETE", `/budget-templates/${made.template_id}`);
    expect(ended).toEqual({ ...changed, active: false });
    expect(await api.answered(200, "GET", "/budgets?scope=user:jo&active=true")).toMatchObject({
      budgets: [{ amount: "7" }],
    });
  });
});
