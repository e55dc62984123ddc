import type { UsageUnit } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { type PricedModel, parsePriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";
import { curatedFiles } from "./published.ts";

const models = curatedFiles.flatMap((file) => parsePriceFile(file).models);
const rows = models.flatMap((model) => model.rows);

/** The relations that the providers' price lists keep between prices of one model: a figure that breaks one is mistyped. */
describe("curated prices of tokens", () => {
  it("have no input dearer than $150 a million, and no output cheaper than input or over ten times as dear", () => {
    const odd = tokenRows(({ rates: { input = 0n } }) => input > 0n).filter((row) => {
      const outputs = ratio(row, "output", row, "input");
      return (
        (row.rates.input ?? 0n) > 150n * DOLLAR_A_MILLION ||
        (outputs !== undefined && !within(outputs, 1, 10))
      );
    });
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  it("have cached input no dearer than input, nor cheaper than a fortieth of it", () => {
    const pairs = [
      ["cache_read", "input"],
      ["image_cache_read", "image_input"],
      ["audio_cache_read", "audio_input"],
    ] as const;
    const odd = tokenRows().filter((row) =>
      pairs.some(([cached, plain]) => {
        const least = cached === "audio_cache_read" || row.provider === "deepseek" ? 1 / 121 : 1 / 40;
        const part = ratio(row, cached, row, plain);
        return part !== undefined && !within(part, least, 1);
      }),
    );
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  it("have cache writes at their provider's factors", () => {
    const factors = { cache_write_5m: 1.25, cache_write_30m: 1.25, cache_write_1h: 2, cache_write_12h: 2.5 };
    const odd = tokenRows().filter((row) =>
      (Object.keys(factors) as (keyof typeof factors)[]).some((unit) => {
        const part = ratio(row, unit, row, "input");
        return part !== undefined && part !== factors[unit];
      }),
    );
    // $0.30 on $0.25, as the page has it.
    expect(odd.map(({ id }) => id)).toEqual(["anthropic/claude-3-haiku/initial"]);
  });

  it("halve input and output on batch and flex", () => {
    const odd = variants("batch", "flex").filter(
      ({ row, base }) =>
        !["input", "output", "image_output", "audio_output"].every((unit) => isPart(row, base, unit, 0.5)),
    );
    expect(odd.map(({ row }) => row.id)).toEqual([
      "openai/gpt-3.5-turbo-1106/initial/tier=batch",
      "openai/ft:gpt-4o/initial/tier=batch",
    ]);
  });

  it("do not cost less cached on batch than half of the standard price for it", () => {
    const odd = variants("batch", "flex").filter(({ row, base }) => {
      const part = ratio(row, "cache_read", base, "cache_read");
      return part !== undefined && !within(part, 0.48, 2);
    });
    expect(odd.map(({ row }) => row.id)).toEqual([]);
  });

  it("cost 1.6 to 2.5 times as much as priority or fast, by one factor for all tokens", () => {
    const odd = variants("priority", "fast").filter(({ row, base }) => {
      const input = ratio(row, "input", base, "input") ?? 0;
      const output = ratio(row, "output", base, "output") ?? 0;
      const cached = ratio(row, "cache_read", base, "cache_read") ?? input;
      return !within(input, 1.6, 2.5) || Math.abs(input - output) > 0.03 || Math.abs(input - cached) > 0.03;
    });
    // Six times the standard price in its first weeks.
    expect(odd.map(({ row }) => row.id)).toEqual([
      "anthropic/claude-opus-4-6/initial/tier=fast",
      "anthropic/claude-opus-4-6/initial/prompt_over=200000,tier=fast",
    ]);
  });

  it("double the input of long prompts, and raise output by half or by as much", () => {
    const long = models.flatMap((model) =>
      model.rows
        .filter((row) => row.conditions.prompt !== undefined)
        .map((row) => ({ row, base: shortOf(model, row) })),
    );
    const odd = long.filter(({ row, base }) => {
      const input = ratio(row, "input", base, "input");
      const output = ratio(row, "output", base, "output") ?? input;
      const cached = ratio(row, "cache_read", base, "cache_read") ?? input;
      // The page rounds $0.125 to $0.13, and $0.3125 to $0.31.
      return input !== 2 || !within(cached ?? 0, 1.9, 2.1) || (output !== 1.5 && output !== 2);
    });
    expect(long.length).toBeGreaterThan(40);
    expect(odd.map(({ row }) => row.id)).toEqual([
      "anthropic/claude-haiku-5-5/initial/prompt_over=100000",
      "vertex/claude-haiku-5-5/initial/prompt_over=100000",
    ]);
  });

  it("cost the same for cached images as for cached text of Gemini", () => {
    const odd = rows
      .filter(({ provider }) => provider === "google")
      .filter(({ rates }) => rates.image_cache_read !== rates.cache_read);
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  it("cost the same for images and video as for text, but for models that say otherwise", () => {
    const odd = models
      .filter(({ provider }) => provider === "google")
      .filter(({ rows: all }) =>
        all.some(({ rates: { input, image_input: image, video_input: video } }) => {
          return (image !== undefined && image !== input) || (video !== undefined && video !== input);
        }),
      );
    expect(odd.map(({ id }) => id)).toEqual([
      "gemini-3.1-flash-live-preview",
      "gemini-2.5-flash-native-audio",
      "gemini-embedding-2",
    ]);
  });
});

const DOLLAR_A_MILLION = 10n ** 12n;

function within(value: number, least: number, most: number): boolean {
  return least <= value && value <= most;
}

function tokenRows(that: (row: PriceRow) => boolean = () => true): PriceRow[] {
  return rows.filter((row) => row.multiply === undefined && row.rates.input !== undefined && that(row));
}

function ratio(a: PriceRow, unit: UsageUnit, b: PriceRow | undefined, other: UsageUnit): number | undefined {
  const [price, of] = [a.rates[unit], b?.rates[other]];
  return price === undefined || of === undefined || of === 0n ? undefined : Number(price) / Number(of);
}

function isPart(row: PriceRow, base: PriceRow | undefined, unit: string, part: number): boolean {
  const told = ratio(row, unit as UsageUnit, base, unit as UsageUnit);
  return told === undefined || told === part;
}

/** Prices of these tiers, each with that of the standard tier for prompts of the same length at the same time. */
function variants(...tiers: string[]): { row: PriceRow; base: PriceRow | undefined }[] {
  return models.flatMap((model) =>
    model.rows
      .filter((row) => row.multiply === undefined && row.rates.input !== undefined)
      .filter(
        ({ conditions }) =>
          conditions.tiers !== "any" && conditions.tiers?.some((tier) => tiers.includes(tier)),
      )
      .map((row) => ({
        row,
        base: model.rows.find(
          (other) =>
            other.multiply === undefined &&
            other.conditions.tiers === undefined &&
            other.effectiveFrom === row.effectiveFrom &&
            other.conditions.prompt?.tokensMin === row.conditions.prompt?.tokensMin,
        ),
      })),
  );
}

/** The price of shorter prompts under the same other conditions at the same time. */
function shortOf(model: PricedModel, { conditions, effectiveFrom }: PriceRow): PriceRow | undefined {
  return model.rows.find(
    (other) =>
      other.multiply === undefined &&
      other.rates.input !== undefined &&
      other.conditions.prompt === undefined &&
      other.effectiveFrom === effectiveFrom &&
      JSON.stringify([other.conditions.tiers, other.conditions.regions]) ===
        JSON.stringify([conditions.tiers, conditions.regions]),
  );
}
