import { AIUsageClient, type PriceInput, type QuoteInput } from "@ai-usage/client";
import {
  formatToken,
  hashSecret,
  instantFromEpochMs,
  parseScope,
  plusDays,
  SECRET_BYTES,
  type TokenRole,
} from "@ai-usage/core";
import { putToken, rollUp } from "@ai-usage/store";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { findProvider } from "@pydantic/genai-prices";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newTable, type TestTable } from "../support/engine.ts";
import { fetchThrough, type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";
import { readStream, recordsOf } from "../support/stream.ts";

// The client speaks to the functions that would be deployed, over what API Gateway does between them.

let table: TestTable;
let gateway: Gateway;
let admin: AIUsageClient;
let reader: AIUsageClient;
let growth: AIUsageClient;
let adminToken: string;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  adminToken = await newToken("admin", ["admin"]);
  admin = clientWith(adminToken);
  reader = clientWith(await newToken("reader", ["read"]));
  growth = clientWith(await newToken("growth", ["read"], ["team:growth"]));
});
afterAll(() => table.drop());

async function newToken(tokenId: string, roles: TokenRole[], scopes?: string[]): Promise<string> {
  const secret = Buffer.alloc(SECRET_BYTES, tokenId);
  await putToken(table, {
    tokenId,
    name: `${tokenId}s token`,
    roles,
    scopes: scopes?.map(parseScope),
    secretHash: hashSecret(secret),
    createdAt: instantFromEpochMs(0),
  });
  return formatToken(tokenId, secret);
}

function clientWith(token: string): AIUsageClient {
  return new AIUsageClient({
    apiUrl: "https://api.example.com",
    token,
    fetch: fetchThrough(gateway),
    retries: 0,
  });
}

const statusOfPut = async (price: PriceInput) =>
  (await gateway.request({ method: "PUT", path: "/prices", token: adminToken, body: JSON.stringify(price) }))
    .status;

const today = new Date().toISOString().slice(0, 10);
const call = { service: "openai", model: "gpt-4o", usage: { input: 1_000_000, output: 100_000 } };
const quoted = (fields: Partial<QuoteInput> = {}, client = admin) => client.quote({ ...call, ...fields });
const refused = (status: number) => expect.objectContaining({ name: "ApiError", status });

describe("own price over HTTP", () => {
  const price = {
    provider: "OpenAI",
    model_name: "GPT-4o",
    input_cost_per_million: 2,
    output_cost_per_million: "8.00",
    per_million: { cache_read: "1" },
    effective_from: "2026-06-01",
  };

  it("is set, shown, used, replaced and deleted", async () => {
    expect(await quoted()).toMatchObject({
      cost_usd: "3.5",
      price_id: expect.stringMatching(/^openai\/gpt-4o/),
    });

    expect([await statusOfPut(price), await statusOfPut(price)]).toEqual([201, 200]);
    const set = await admin.putPrice(price);
    expect(set).toMatchObject({
      row_id: "own/openai/gpt-4o/2026-06-01",
      price_id: expect.stringMatching(/^prc_/),
      provider: "openai",
      model: "gpt-4o",
      own: true,
      when: null,
      effective_from: "2026-06-01",
      effective_to: null,
      per_million: { input: "2", output: "8", cache_read: "1" },
      input_cost_per_million: "2",
      output_cost_per_million: "8",
      source: "set by admins token",
      is_active: true,
    });
    expect(await quoted()).toMatchObject({ cost_usd: "2.8", price_id: "own/openai/gpt-4o/2026-06-01" });
    expect(await quoted({ timestamp: "2026-05-31T23:59:59.999Z" })).toMatchObject({ cost_usd: "3.5" });

    const { price_id = "" } = set;
    const replaced = await admin.putPrice({ ...price, input_cost_per_million: "1", note: "less" });
    expect(replaced).toMatchObject({ price_id, input_cost_per_million: "1", note: "less" });
    expect(await quoted()).toMatchObject({ cost_usd: "1.8" });

    const { prices } = await reader.prices({ own: true, at: "all" });
    expect(prices).toMatchObject([{ price_id, per_million: { input: "1" } }]);
    expect(await admin.deletePrice(price_id)).toMatchObject({ price_id });
    await expect(admin.deletePrice(price_id)).rejects.toEqual(refused(404));
    expect(await quoted()).toMatchObject({ cost_usd: "3.5" });

    const { entries, next_cursor } = await reader.priceHistory({ limit: 2 });
    expect(entries).toMatchObject([
      { by: "admin", action: "delete", subject: price_id, before: { note: "less" }, after: null },
      { action: "put", before: { per_million: { input: "2" } }, after: { per_million: { input: "1" } } },
    ]);
    expect(await reader.priceHistory({ limit: 2, cursor: next_cursor ?? "" })).toMatchObject({
      entries: [{ action: "put", before: null }],
      next_cursor: null,
    });
  });

  it("ends where the next one begins, and may not hold beside another", async () => {
    const at = (effective_from: string) => ({ ...price, model_name: "m-1", effective_from });
    await admin.putPrice(at("2026-01-01"));
    await admin.putPrice(at("2026-07-01"));
    const { prices } = await admin.prices({ own: true, model: "m-1", at: "all" });
    expect(prices.map(({ effective_to }) => effective_to)).toEqual(["2026-07-01", null]);
    await expect(admin.putPrice({ ...at("2026-03-01"), effective_to: "2027-01-01" })).rejects.toMatchObject({
      status: 400,
      problem: { errors: [{ field: "effective_from" }] },
    });
  });

  it("prices nothing when it is not active, and is listed with the own ones", async () => {
    await admin.putPrice({ ...price, model_name: "m-2", is_active: false });
    expect(await quoted({ model: "m-2" })).toMatchObject({ pricing_status: "unpriced" });
    const query = { model: "m-2", at: "all" };
    expect((await admin.prices({ ...query, own: true })).prices).toMatchObject([{ is_active: false }]);
    expect((await admin.prices({ ...query, provider: "openai" })).prices).toEqual([]);
  });

  it("may be of a provider that nobody knew, under the names that metrics have for it", async () => {
    await admin.putPrice({
      provider: "in_house",
      services: ["gpu_cluster"],
      model_name: "llama-70b",
      names: ["llama-*"],
      input_cost_per_million: "0.2",
      output_cost_per_million: "0.6",
      when: { tier: ["batch"] },
    });
    const asked = { service: "gpu_cluster", model: "llama-8b", usage: { input: 1_000_000 } };
    expect(await quoted({ ...asked, served: { tier: "batch" } })).toMatchObject({
      cost_usd: "0.2",
      price_id: "own/in_house/llama-70b/initial/tier=batch",
    });
    expect(await quoted(asked)).toMatchObject({ pricing_status: "unpriced" });
  });

  it("is shown and can be deleted even when it cannot be read any more", async () => {
    const { price_id = "" } = await admin.putPrice({ ...price, model_name: "m-3" });
    const [item] = (await itemsOf(table, "PRICES")).filter(({ model_name }) => model_name === "m-3");
    const broken = { ...item, price: JSON.stringify({ source: "s", per_unit: { smile: "1" } }) };
    await table.client.send(new PutCommand({ TableName: table.name, Item: broken }));
    const { prices } = await admin.prices({ own: true, model: "m-3" });
    expect(prices).toMatchObject([{ price_id, per_unit: { smile: "1" } }]);
    expect(await admin.deletePrice(price_id)).toMatchObject({ price_id });
  });

  it("is for unlimited administrators alone", async () => {
    await expect(reader.putPrice(price)).rejects.toEqual(refused(403));
    await expect(reader.deletePrice("prc_1")).rejects.toEqual(refused(403));
    await expect(growth.priceHistory()).rejects.toEqual(refused(403));
    await expect(growth.unpricedModels()).rejects.toEqual(refused(403));
    expect((await growth.prices({ limit: 1 })).prices).toHaveLength(1);
  });
});

describe("list of prices", () => {
  it("finds a model as a call's model is found, at a time", async () => {
    const idsOf = async (query: Parameters<AIUsageClient["prices"]>[0]) =>
      (await admin.prices(query)).prices.flatMap(({ row_id, when }) => (when === null ? [row_id] : []));
    const row = "openai/gpt-4o/2024-10-02";
    expect(await idsOf({ provider: "openai", model: "gpt-4o-2031-01-01" })).toContain(row);
    expect(await idsOf({ service: "openai", model: "gpt-4o", at: "2024-09-01" })).not.toContain(row);
    expect(await idsOf({ model: "gpt-4o", at: "all" })).toContain(row);
    expect(await idsOf({ provider: "nobody" })).toEqual([]);
  });

  it("comes in pages, every row once", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await admin.prices({ provider: "anthropic", at: "all", limit: 40, cursor });
      expect(page.prices.length).toBeLessThanOrEqual(40);
      seen.push(...page.prices.map((price) => JSON.stringify(price)));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.length).toBeGreaterThan(80);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("quote over HTTP", () => {
  it("explains a figure line by line, with discounts and margins", async () => {
    const discount = { kind: "discount" as const, scope: "team:growth", percent: "10", note: "first year" };
    const { adjustment_id } = await admin.putAdjustment(discount);
    expect(await quoted({ team: "growth" })).toMatchObject({
      pricing_status: "priced",
      list_cost_usd: "3.5",
      cost_usd: "3.15",
      reported_cost_usd: null,
      unpriced_reason: null,
      unpriced_units: [],
      lines: [
        {
          model: "gpt-4o",
          unit: "input",
          quantity: 1_000_000,
          unit_price_usd: "0.0000025",
          amount_usd: "2.5",
        },
        { model: "gpt-4o", unit: "output", quantity: 100_000, unit_price_usd: "0.00001", amount_usd: "1" },
      ],
      adjustments: [
        { adjustment_id, kind: "discount", scope: "team:growth", percent: "10", amount_usd: "-0.35" },
      ],
      enforcement: { policy: "estimate", action: "allow", estimated_cost_usd: null, estimated_from: null },
    });

    const halved = await admin.putAdjustment({ ...discount, percent: 50 }, adjustment_id);
    expect(halved).toMatchObject({ adjustment_id, percent: "50" });
    expect(await quoted({ team: "growth" })).toMatchObject({ cost_usd: "1.75" });
    expect((await growth.adjustments()).adjustments).toMatchObject([{ percent: "50" }]);
    expect(await admin.deleteAdjustment(adjustment_id)).toMatchObject({ percent: "50" });
    await expect(admin.putAdjustment(discount, adjustment_id)).rejects.toEqual(refused(404));
    await expect(admin.deleteAdjustment(adjustment_id)).rejects.toEqual(refused(404));
    expect((await admin.adjustments()).adjustments).toEqual([]);
  });

  it("has the provider's own figure beside the list price", async () => {
    expect(await quoted({ cost_usd: "3.4" })).toMatchObject({
      pricing_status: "reported",
      cost_usd: "3.4",
      reported_cost_usd: "3.4",
      list_cost_usd: "3.5",
    });
  });

  it("says why there is no price, and what the policy makes of it", async () => {
    const usage = { input: 1_000_000, x_dreams: 2 };
    expect(await quoted({ model: "gpt-4o-nano-9", usage })).toMatchObject({
      pricing_status: "unpriced",
      cost_usd: null,
      unpriced_reason: "no price is known for openai gpt-4o-nano-9",
      unpriced_units: ["input", "x_dreams"],
      warnings: ["the estimate is without x_dreams"],
      enforcement: { policy: "estimate", action: "allow", estimated_from: expect.stringMatching(/gpt-4o/) },
    });
  });

  it("goes by the month's volume so far, or by the one that it is given", async () => {
    const places = { service: "google_places", model: undefined, operation: "autocomplete" };
    const of = async (volume_before?: number) =>
      (await quoted({ ...places, usage: { request: 1 }, volume_before })).cost_usd;
    expect([await of(), await of(10_000), await of(9_999)]).toEqual(["0", "0.00283", "0"]);
    const timestamp = new Date().toISOString();
    const usage = { request: 10_000 };
    await admin.recordMetrics([{ ...places, request_id: "places-1", usage, call_count: 10_000, timestamp }]);
    expect(await of()).toBe("0.00283");
  });

  it("is for those alone who may see such calls", async () => {
    expect(await quoted({ team: "growth" }, growth)).toMatchObject({ cost_usd: "3.5" });
    await expect(quoted({}, growth)).rejects.toEqual(refused(403));
  });
});

describe("calls without a price", () => {
  it("are listed with an estimate, and a price says how many it may fill in", async () => {
    const metric = (request_id: string, given: object = {}) => ({
      request_id,
      service: "openai",
      model: "gpt-5-marble",
      operation: "chat",
      timestamp: new Date().toISOString(),
      usage: { input: 1_000_000 },
      ...given,
    });
    await admin.recordMetrics([
      metric("u1"),
      metric("u2", { usage: { input: 2_000_000 } }),
      metric("u3", { call_count: 3, usage: { input: 3_000_000 } }),
      metric("u4", { model: "gpt-4o" }),
      metric("u5", { service: "nobody", model: undefined, operation: "dreaming", usage: { x_dreams: 1 } }),
    ]);
    await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shardId-1");

    const listed = await reader.unpricedModels();
    expect(listed).toMatchObject({
      unpriced_calls: 6,
      models: [
        {
          service: "openai",
          model: "gpt-5-marble",
          operation: "chat",
          unpriced_calls: 5,
          first_date: today,
          last_date: today,
          input_tokens: 6_000_000,
          reasons: ["no price is known for openai gpt-5-marble"],
          unpriced_units: ["input"],
          estimated_from: expect.stringMatching(/^(seed\/)?openai\/gpt-5/),
          sampled_calls: 5,
          priceable: false,
        },
        { service: "nobody", model: null, operation: "dreaming", estimated_cost_usd: null, sampled_calls: 1 },
      ],
    });
    expect(Number(listed.estimated_cost_usd)).toBeGreaterThan(0);
    expect(listed.models[0]?.estimated_cost_usd).toBe(listed.estimated_cost_usd);

    const price = { provider: "openai", model_name: "gpt-5-marble", input_cost_per_million: "1" };
    const announced = await admin.putPrice({ ...price, effective_from: plusDays(today, 7) });
    expect(announced).toMatchObject({ fills_in: 0 });
    await admin.deletePrice(announced.price_id ?? "");
    const halfway = await admin.putPrice({
      ...price,
      input_cost_per_million: undefined,
      per_unit: { image: "1" },
    });
    expect((await reader.unpricedModels()).models[0]).toMatchObject({
      reasons: ["own/openai/gpt-5-marble/initial has no price for input"],
      unpriced_units: ["input"],
      priceable: false,
    });
    expect(await admin.putPrice(price)).toMatchObject({ price_id: halfway.price_id, fills_in: 5 });
    const { models } = await admin.unpricedModels({ start_date: plusDays(today, -399), end_date: today });
    expect(models).toMatchObject([{ model: "gpt-5-marble", priceable: true }, { priceable: false }]);
    const past = { start_date: plusDays(today, -10), end_date: plusDays(today, -2) };
    expect(await admin.unpricedModels(past)).toEqual({
      models: [],
      unpriced_calls: 0,
      estimated_cost_usd: "0",
    });
  });
});

describe("import of price lists", () => {
  const list = {
    provider: "lister",
    models: [
      { id: "L-1", rows: [{ per_million: { input: "1", output: "2" }, source: "https://example.com" }] },
    ],
  };
  const format = "price-file";

  it("shows the differences, and writes them when it is told to", async () => {
    const added = {
      summary: { added: 2, changed: 0, withdrawn: 0 },
      differences: [
        {
          kind: "added",
          provider: "lister",
          model: "l-1",
          unit: "input",
          when: null,
          before: null,
          after: "1",
        },
        { kind: "added", unit: "output", after: "2" },
      ],
      warnings: [],
    };
    const take = (dry_run?: boolean) => admin.importPrices({ format, data: list, dry_run });
    expect(await take()).toMatchObject({ ...added, applied: false });
    expect(await take(true)).toMatchObject({ ...added, applied: false });
    expect(await take(false)).toMatchObject({ ...added, applied: true });
    expect((await take(false)).differences).toEqual([]);
    const asked = { service: "lister", model: "l-1" };
    expect(await quoted(asked)).toMatchObject({ cost_usd: "1.2", price_id: "own/lister/l-1/initial" });
    expect((await admin.priceHistory({ limit: 1 })).entries).toMatchObject([
      {
        action: "import",
        subject: expect.stringMatching(/^imp_/),
        before: null,
        after: { prices: [{ model_name: "l-1" }] },
      },
    ]);
    await expect(reader.importPrices({ format, data: list })).rejects.toEqual(refused(403));
  });

  it("takes over what is newer of the package of published prices", async () => {
    const provider = JSON.parse(JSON.stringify(findProvider({ providerId: "deepseek" })));
    const take = (dry_run: boolean) =>
      admin.importPrices({
        format: "genai-prices",
        data: { version: "9.9.9", providers: [provider] },
        dry_run,
      });
    expect((await take(true)).applied).toBe(false);
    const [model] = provider.models;
    model.prices = { input_mtok: 1234.5, output_mtok: 2345.5 };
    const { differences } = await take(false);
    expect(differences).toContainEqual(
      expect.objectContaining({ kind: "changed", unit: "input", after: "1234.5", from: today }),
    );
    expect(await quoted({ service: "deepseek", model: model.id })).toMatchObject({
      cost_usd: "1469.05",
      price_id: expect.stringMatching(/^own\/deepseek\//),
    });
    expect((await take(true)).differences).toEqual([]);
  });
});
