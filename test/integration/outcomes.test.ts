import { gzipSync } from "node:zlib";
import { DAY_MS, instantFromEpochMs, plusMs, utcDateOf } from "@ai-usage/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, newToken, newTokens } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
});
afterAll(() => table.drop());

const now = instantFromEpochMs(Date.now());
const day = (ago: number) => utcDateOf(plusMs(now, -ago * DAY_MS));

const anOutcome = (outcome_id: string, fields: object = {}) => ({
  outcome_id,
  timestamp: now,
  outcome: "ticket_resolved",
  ...fields,
});

const post = (body: unknown, token = tokens.ingest) =>
  gateway.request({ method: "POST", path: "/outcomes", token, body: JSON.stringify(body) });
const list = (query: string, token = tokens.read) => gateway.request({ path: `/outcomes?${query}`, token });

const shownIn = (body: Record<string, unknown>) => body.outcomes as Record<string, unknown>[];
const idsIn = (body: Record<string, unknown>) => shownIn(body).map(({ outcome_id }) => outcome_id);

async function allIds(query: string): Promise<{ ids: unknown[]; sizes: number[] }> {
  const ids: unknown[] = [];
  const sizes: number[] = [];
  let cursor = "";
  do {
    const { status, body } = await list(`${query}${cursor}`);
    expect(status).toBe(200);
    ids.push(...idsIn(body));
    sizes.push(idsIn(body).length);
    cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
  } while (cursor !== "");
  return { ids, sizes };
}

describe("an outcome", () => {
  const whole = anOutcome("whole", {
    outcome: "draft_sent",
    success: false,
    value: "12.340000000000000001",
    cost_usd: 0.25,
    quality_score: 0.8125,
    user_id: "ada",
    team: "whole",
    feature: "mail",
    environment: "production",
    job_id: "nightly",
    request_ids: ["req-1", "req-2"],
    metadata: { department: "sales", attempts: 2, escalated: false },
  });

  it("is shown with all that was said, to the last digit", async () => {
    expect((await post(whole)).body).toEqual({
      results: [{ outcome_id: "whole", status: "recorded" }],
      summary: { received: 1, recorded: 1, duplicate: 0, conflict: 0, rejected: 0 },
    });
    expect(shownIn((await list("team=whole")).body)).toEqual([
      { ...whole, cost_usd: "0.25", custom_scopes: ["department:sales"] },
    ]);
  });

  it("is a success where nothing else is said", async () => {
    await post(anOutcome("plain", { team: "plain" }));
    expect(shownIn((await list("team=plain")).body)).toEqual([
      { ...anOutcome("plain", { team: "plain" }), success: true, metadata: {} },
    ]);
  });

  it("is stored once, and stays as it is when something else comes under its id", async () => {
    const answers = [await post(whole), await post({ ...whole, value: "13" })];
    expect(answers.map(({ status, body }) => [status, body.results])).toEqual([
      [200, [{ outcome_id: "whole", status: "duplicate" }]],
      [
        207,
        [
          {
            outcome_id: "whole",
            status: "conflict",
            error: { field: "outcome_id", message: expect.stringMatching(/^is taken by an outcome/) },
          },
        ],
      ],
    ]);
    expect(shownIn((await list("team=whole")).body)).toMatchObject([{ value: "12.340000000000000001" }]);
  });

  it("that comes twice in one request is stored once", async () => {
    const twice = anOutcome("twice", { team: "twice" });
    const { body } = await post({ outcomes: [twice, twice, { ...twice, success: false }] });
    expect(body.results).toMatchObject([
      { status: "recorded" },
      { status: "duplicate" },
      { status: "conflict" },
    ]);
    expect(idsIn((await list("team=twice")).body)).toEqual(["twice"]);
  });

  it("that is refused loses nothing of its neighbours", async () => {
    const good = (id: string) => anOutcome(id, { team: "neighbours" });
    const { status, body } = await post({ outcomes: [good("left"), { outcome_id: "bad" }, good("right")] });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([
      { status: "recorded" },
      { status: "rejected", outcome_id: "bad", error: { field: "outcomes[1].timestamp" } },
      { status: "recorded" },
    ]);
    expect(idsIn((await list("team=neighbours")).body).toSorted()).toEqual(["left", "right"]);
  });

  it("may come packed", async () => {
    const answer = await gateway.request({
      method: "POST",
      path: "/outcomes",
      token: tokens.ingest,
      headers: { "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify(anOutcome("packed"))),
    });
    expect([answer.status, answer.body.results]).toMatchObject([200, [{ status: "recorded" }]]);
  });

  it("may come by invoking the function, in a list", async () => {
    expect(await gateway.invokeIngest({ outcomes: [anOutcome("invoked")] })).toMatchObject({
      results: [{ outcome_id: "invoked", status: "recorded" }],
    });
    expect(await gateway.invokeIngest({ outcomes: [] })).toMatchObject({ status: 400 });
  });

  it("expires with the metrics of its time, and is in no index but the one that lists it", async () => {
    const [item] = (await itemsOf(table, "OUTCOME#")).filter(({ PK }) => PK === "OUTCOME#whole");
    expect(Number(String(item?.expires_at))).toBe(Math.floor((Date.parse(now) + 400 * DAY_MS) / 1000));
    expect(Object.keys(item ?? {}).filter((name) => /^GSI.PK$/.test(name))).toEqual(["GSI1PK"]);
  });
});

describe("list of outcomes", () => {
  // Over three months and their four lanes, many at one moment, with ids whose order as strings is not that of their bytes.
  const names = [
    "a",
    "ü",
    "日本",
    "\uff21",
    "🚀",
    "z",
    ...Array.from({ length: 14 }, (_, index) => `o${index}`),
  ];
  const sent = names.flatMap((name, index) =>
    [0, 20, 40, 60].map((ago) =>
      anOutcome(`${name}-${ago}`, {
        timestamp: plusMs(now, -ago * DAY_MS),
        team: "listed",
        feature: index % 2 === 0 ? "even" : "odd",
        outcome: ago === 40 ? "ticket_reopened" : "ticket_resolved",
      }),
    ),
  );
  const idsOf = (chosen: readonly { outcome_id: string }[]) => chosen.map((one) => one.outcome_id).toSorted();
  const range = `start_date=${day(70)}&team=listed`;

  beforeAll(async () => {
    expect((await post({ outcomes: sent })).body.summary).toMatchObject({ recorded: sent.length });
  });

  it.each([1, 7, 20, 500])("comes newest first in pages of %i, without loss or repeat", async (limit) => {
    const { ids, sizes } = await allIds(`${range}&limit=${limit}`);
    expect(ids.toSorted()).toEqual(idsOf(sent));
    const times = ids.map((id) => String(sent.find(({ outcome_id }) => outcome_id === id)?.timestamp));
    expect(times).toEqual(times.toSorted().reverse());
    expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
  });

  it.each<[string, (one: (typeof sent)[number]) => boolean]>([
    ["feature=odd", (one) => JSON.stringify(one).includes('"odd"')],
    ["outcome=ticket_reopened", (one) => one.outcome === "ticket_reopened"],
    [
      "feature=even&outcome=ticket_reopened",
      (one) => JSON.stringify(one).includes('"even"') && one.outcome !== "ticket_resolved",
    ],
    [`end_date=${day(20)}`, (one) => utcDateOf(one.timestamp as never) <= day(20)],
  ])("holds what %s asks for alone", async (query, isChosen) => {
    expect((await allIds(`${range}&${query}&limit=9`)).ids.toSorted()).toEqual(idsOf(sent.filter(isChosen)));
  });

  it("is of the last thirty days, and of whole days", async () => {
    const recent = sent.filter(({ outcome_id }) => /-(0|20)$/.test(outcome_id));
    expect((await allIds("team=listed")).ids.toSorted()).toEqual(idsOf(recent));
    const one = sent.filter(({ outcome_id }) => outcome_id.endsWith("-20"));
    const { ids } = await allIds(`start_date=${day(20)}&end_date=${day(20)}&team=listed`);
    expect(ids.toSorted()).toEqual(idsOf(one));
  });

  it("looks through a thousand at most for one answer, and goes on where it was", async () => {
    const at = plusMs(now, -200 * DAY_MS);
    const others = Array.from({ length: 1_100 }, (_, index) => anOutcome(`m${index}`, { timestamp: at }));
    const rare = anOutcome("rare", { timestamp: plusMs(at, -1), team: "rare" });
    for (const part of [others.slice(0, 500), others.slice(500, 1_000), others.slice(1_000), [rare]]) {
      expect((await post({ outcomes: part })).status).toBe(200);
    }
    const { ids, sizes } = await allIds(`start_date=${day(210)}&end_date=${day(190)}&team=rare&limit=5`);
    expect({ ids, sizes }).toEqual({ ids: ["rare"], sizes: [0, 1] });
  });

  it("refuses a cursor of other days", async () => {
    const { body } = await list(`${range}&limit=1`);
    expect(body.next_cursor).toEqual(expect.any(String));
    const elsewhere = await list(`start_date=${day(40)}&end_date=${day(30)}&cursor=${body.next_cursor}`);
    expectProblem(elsewhere, 400, "cursor");
  });
});

describe("who may", () => {
  it("send and ask is said by the role of the token", async () => {
    expectProblem(await post(anOutcome("x"), tokens.read), 403);
    expectProblem(await list("", tokens.ingest), 403);
    expect((await list("", tokens.admin)).status).toBe(200);
  });

  it("send and see is said by its scopes, custom ones too", async () => {
    const sales = await newToken(table, "sales", ["admin"], { scopes: ["department:sales"] });
    const { body } = await post(
      {
        outcomes: [
          anOutcome("own", { feature: "scoped", metadata: { department: "sales" } }),
          anOutcome("foreign", { feature: "scoped", team: "growth" }),
        ],
      },
      sales,
    );
    expect(body.results).toMatchObject([
      { status: "recorded" },
      { status: "rejected", error: { field: "outcomes[1].(scope)" } },
    ]);
    await post(anOutcome("foreign", { feature: "scoped", team: "growth" }));
    expect(idsIn((await list("feature=scoped", sales)).body)).toEqual(["own"]);
    expect(idsIn((await list("feature=scoped", tokens.growth)).body)).toEqual(["foreign"]);
    expect(idsIn((await list("feature=scoped")).body).toSorted()).toEqual(["foreign", "own"]);
  });
});
