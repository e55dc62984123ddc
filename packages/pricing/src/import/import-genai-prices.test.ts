import { describe, expect, it } from "vitest";
import { parsePriceFile } from "../price-file.ts";
import { importGenaiPrices } from "./import-genai-prices.ts";
import type { ImportedModel } from "./imported-file.ts";
import type { SourceModel } from "./source-format.ts";

const edition = { version: "9.9.9", importedOn: "2026-11-25" };

function importOf(sourceId: string, ...models: Partial<SourceModel>[]) {
  const provider = {
    id: sourceId,
    pricing_urls: ["https://example.com/prices", "https://example.com/more"],
    models: models.map((model) => ({ id: "nova-1", match: { equals: "nova-1" }, prices: {}, ...model })),
  };
  const { files, warnings } = importGenaiPrices([provider], edition);
  for (const file of files) parsePriceFile(file);
  return { models: files[0]?.models ?? [], warnings };
}

const modelOf = (sourceId: string, model: Partial<SourceModel>): ImportedModel | undefined =>
  importOf(sourceId, model).models[0];
const rowOf = (sourceId: string, prices: SourceModel["prices"]) => modelOf(sourceId, { prices })?.rows[0];
const pricesOf = (sourceId: string, prices: SourceModel["prices"]) => {
  const { per_million, per_thousand, per_unit } = rowOf(sourceId, prices) ?? {};
  return { per_million, per_thousand, per_unit };
};

describe("import from genai-prices", () => {
  it("keeps where a row is from, and that nobody read it in the provider's page", () => {
    expect(rowOf("groq", { input_mtok: 2.5 })).toEqual({
      per_million: { input: "2.50" },
      source: "https://example.com/prices",
      checked_on: "2026-11-25",
      verified: false,
      note: "@pydantic/genai-prices 9.9.9, MIT",
    });
    expect(modelOf("groq", { prices: { input_mtok: 1 }, prices_checked: "2026-08-01" })?.rows).toMatchObject([
      { checked_on: "2026-08-01" },
    ]);
  });

  it("calls units by our names and lists them per million, per thousand or singly", () => {
    expect(
      pricesOf("mistral", {
        input_mtok: 2,
        cache_read_mtok: 0.2,
        cache_write_1h_mtok: 4,
        input_audio_mtok: 3,
        cache_audio_read_mtok: 0.3,
        output_reasoning_mtok: 6,
        output_citation_mtok: 1,
        requests_kcount: 12,
        input_text_messages_kcount: 4,
        input_document_kpages: 1,
        input_annotated_document_kpages: 3,
        web_searches_kcount: 10,
        storage_searches_kcount: 2.5,
        input_audio_hours: 0.36,
        audio_hours: 0.36,
      }),
    ).toEqual({
      per_million: {
        input: "2.00",
        cache_read: "0.20",
        cache_write_1h: "4.00",
        audio_input: "3.00",
        audio_cache_read: "0.30",
        reasoning: "6.00",
        citation: "1.00",
      },
      per_thousand: {
        request: "12.00",
        message: "4.00",
        page: "1.00",
        annotated_page: "3.00",
        search: "10.00",
        file_search: "2.50",
      },
      per_unit: { second: "0.0001" },
    });
  });

  it.each([
    ["anthropic", "claude-opus-5", "cache_write_5m"],
    ["aws", "us.anthropic.claude-opus-5", "cache_write_5m"],
    ["aws", "global.openai.gpt-5.6-sol", "cache_write_30m"],
    ["openai", "gpt-6-sol", "cache_write_30m"],
    ["google", "claude-opus-5", "cache_write_5m"],
  ])("knows how long %s keeps what is written to the cache by %s", (provider, id, unit) => {
    const model = modelOf(provider, { id, match: { equals: id }, prices: { cache_write_mtok: 1.25 } });
    expect(model?.rows[0]?.per_million).toEqual({ [unit]: "1.25" });
  });

  it("turns a binary float into the decimal it was written as", () => {
    expect(
      pricesOf("openai", { input_mtok: 0.0028, output_mtok: 0.1 + 0.2, cache_read_mtok: 1e-7 }).per_million,
    ).toEqual({
      input: "0.0028",
      cache_read: "0.0000001",
    });
  });

  it("rounds a share of an hourly price at the last place and says so", () => {
    const row = rowOf("groq", { audio_hours: 0.111 });
    expect(row?.per_unit).toEqual({ second: "0.000030833333333333" });
    expect(row?.note).toMatch(/rounded at 10⁻¹⁸ dollars$/);
    expect(rowOf("groq", { audio_hours: 0.36 })?.note).not.toMatch(/rounded/);
  });

  it("gives Groq's audio its ten seconds at least", () => {
    expect(rowOf("groq", { audio_hours: 0.04 })?.minimum).toEqual({ second: 10 });
    expect(rowOf("groq", { input_mtok: 0.04 })).not.toHaveProperty("minimum");
    expect(rowOf("mistral", { audio_hours: 0.18 })).not.toHaveProperty("minimum");
  });

  it("tells a tier by more than or by at least, and lets it price all tokens", () => {
    const tiered = (start: number) =>
      rowOf("openai", {
        input_mtok: { base: 5, tiers: [{ start, price: 10 }] },
        output_mtok: 30,
        web_searches_kcount: 10,
      })?.variants;
    expect(tiered(200_000)).toEqual([
      { when: { prompt_over: 200_000 }, per_million: { input: "10.00", output: "30.00" } },
    ]);
    expect(tiered(271_999)).toMatchObject([{ when: { prompt_from: 272_000 } }]);
  });

  it("makes a variant of each of several tiers, whatever their order", () => {
    const tiers = [
      { start: 256_000, price: 3 },
      { start: 128_000, price: 2 },
    ];
    expect(rowOf("minimax", { input_mtok: { base: 1, tiers } })?.variants).toEqual([
      { when: { prompt_over: 128_000 }, per_million: { input: "2.00" } },
      { when: { prompt_over: 256_000 }, per_million: { input: "3.00" } },
    ]);
  });

  it("ends a price where the next one starts", () => {
    const rows = modelOf("openai", {
      prices: [
        { prices: { input_mtok: 10 } },
        { constraint: { type: "start_date", start_date: "2025-06-10" }, prices: { input_mtok: 2 } },
      ],
    })?.rows;
    expect(rows).toMatchObject([
      { effective_to: "2025-06-10", per_million: { input: "10.00" } },
      { effective_from: "2025-06-10", per_million: { input: "2.00" } },
    ]);
    expect(rows?.[1]).not.toHaveProperty("effective_to");
  });

  it("lets prices of a time of day count from the day before them in the list", () => {
    const peak = (start_time: string, end_time: string) => ({
      constraint: { type: "time_of_date" as const, start_time, end_time },
      prices: { input_mtok: 2, web_searches_kcount: 5 },
    });
    const rows = modelOf("deepseek", {
      prices: [
        { prices: { input_mtok: 3 } },
        {
          constraint: { type: "start_date", start_date: "2026-08-17" },
          prices: { input_mtok: 1, web_searches_kcount: 5 },
        },
        peak("01:00:00Z", "04:00:00Z"),
        peak("06:00:00Z", "10:00:00Z"),
      ],
    })?.rows;
    expect(rows?.[0]).not.toHaveProperty("variants");
    expect(rows?.[1]?.variants).toEqual([
      {
        when: {
          time: [
            { from: "01:00", to: "04:00", time_zone: "UTC" },
            { from: "06:00", to: "10:00", time_zone: "UTC" },
          ],
        },
        per_million: { input: "2.00" },
      },
    ]);
  });

  it("tells matches as names in lower case, with stars", () => {
    const match = {
      or: [
        { equals: "Nova-One" },
        { starts_with: "nova-1-" },
        { ends_with: "/nova" },
        { contains: "acme.nova" },
        { regex: "^nova-1\\.5-\\d{4}-\\d{2}-\\d{2}$" },
      ],
    };
    const model = modelOf("openai", { id: "Nova-1", match, prices: { input_mtok: 1 } });
    expect(model).toMatchObject({
      id: "nova-1",
      names: ["*/nova", "*acme.nova*", "nova-1-*", "nova-1.5", "nova-one"],
    });
  });

  it("does not take Claude's next minor version for a snapshot", () => {
    const match = { starts_with: "claude-sonnet-5" };
    const names = modelOf("anthropic", { id: "claude-sonnet-5", match, prices: { input_mtok: 1 } })?.names;
    expect(names).toEqual([
      "claude-sonnet-5-2*",
      "claude-sonnet-5-v*",
      "claude-sonnet-5:*",
      "claude-sonnet-5@*",
    ]);
  });

  it("says what it cannot take over", () => {
    const { models, warnings } = importOf(
      "openai",
      { id: "free", prices: {} },
      {
        id: "odd",
        match: { and: [{ equals: "odd" }, { contains: "d" }] },
        prices: { input_mtok: 1, input_gpixels: 2 },
      },
      { id: "Odd", match: { equals: "twin" }, prices: { input_mtok: 1 } },
      { id: "other", match: { or: [{ equals: "free" }, { equals: "mine" }] }, prices: { input_mtok: 1 } },
      {
        id: "night",
        prices: [
          {
            constraint: { type: "time_of_date", start_time: "01:00:00Z", end_time: "02:00:00Z" },
            prices: { input_mtok: 1 },
          },
        ],
      },
    );
    expect(models.map(({ id, names }) => [id, names])).toEqual([
      ["odd", undefined],
      ["other", ["mine"]],
    ]);
    expect(warnings).toEqual([
      'openai/odd: cannot be named by {"and":[{"equals":"odd"},{"contains":"d"}]}',
      "openai/odd: left out, for odd has that name",
      'openai/other: does without "free", a name of free',
      'openai/night: does without "nova-1", a name of free',
      "openai/free: left out, for it has no price",
      "openai/odd: input_gpixels left out: we have no such unit",
      "openai/night: left out, for it has a time of day without a price for the rest of it",
    ]);
  });

  it("passes by providers that it does not know, and knows where others look on", () => {
    const models = [{ id: "nova-1", match: { equals: "nova-1" }, prices: { input_mtok: 1 } }];
    const azure = { id: "azure", fallback_model_providers: ["openai", "x-ai", "openrouter"], models };
    const { files } = importGenaiPrices([{ id: "openrouter", models }, azure], edition);
    expect(files).toMatchObject([{ provider: "azure", falls_back_to: ["openai", "xai"] }]);
  });
});
