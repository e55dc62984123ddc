import type { ImportedPrices, ImportedRow, ImportedVariant } from "./imported-file.ts";
import { type PriceList, pricesOf, priceText, sharePriceText, unitOf } from "./imported-prices.ts";
import { type PricePeriod, periodsOf } from "./price-periods.ts";
import type { SourceModel, SourcePrices, SourceTiers } from "./source-format.ts";

export interface RowContext {
  /** The page that the package names for the provider. */
  readonly page: string;
  /** Names the package, its version and its licence. */
  readonly note: string;
  /** `yyyy-mm-dd` of the import, where the package does not say when a model was checked. */
  readonly importedOn: string;
  readonly minimum?: Readonly<Record<string, number>>;
  readonly warn: (message: string) => void;
}

export function rowsOf(model: SourceModel, context: RowContext): ImportedRow[] {
  const periods = periodsOf(model);
  if (typeof periods === "string") {
    context.warn(`left out, for it has ${periods}`);
    return [];
  }
  const reader = new PriceReader(model.id, context.warn);
  return periods.flatMap((period, index) => {
    const row = rowOf(period, periods[index + 1]?.from, reader, model, context);
    return row === undefined ? [] : [row];
  });
}

function rowOf(
  period: PricePeriod,
  until: string | undefined,
  reader: PriceReader,
  model: SourceModel,
  { page, note, importedOn, minimum, warn }: RowContext,
): ImportedRow | undefined {
  const prices = reader.read(period.prices, 0);
  if (Object.keys(prices).length === 0) {
    warn("left out, for it has no price");
    return undefined;
  }
  const variants = [...reader.tiersOf(period.prices, {}), ...windowVariants(period, reader, prices)];
  return {
    ...(period.from !== undefined && { effective_from: period.from }),
    ...(until !== undefined && { effective_to: until }),
    ...prices,
    ...(variants.length > 0 && { variants }),
    ...(minimum && "per_unit" in prices && { minimum }),
    source: page,
    checked_on: model.prices_checked ?? importedOn,
    verified: false,
    note: reader.isRounded(period.prices)
      ? `${note}; a share of an hourly price, rounded at 10⁻¹⁸ dollars`
      : note,
  };
}

/** What does not depend on the time of day stays with the row. */
function windowVariants(
  { windows }: PricePeriod,
  reader: PriceReader,
  base: ImportedPrices,
): ImportedVariant[] {
  return windows.flatMap(({ time, prices }) => {
    const { per_million, ...others } = reader.read(prices, 0);
    const differing =
      JSON.stringify(others) === JSON.stringify({ ...base, per_million: undefined }) ? {} : others;
    return [
      { when: { time }, ...(per_million && { per_million }), ...differing },
      ...reader.tiersOf(prices, { time }),
    ];
  });
}

/** Reads the price keys of one model. */
class PriceReader {
  readonly #modelId: string;
  readonly #warn: (message: string) => void;
  readonly #warned = new Set<string>();

  constructor(modelId: string, warn: (message: string) => void) {
    this.#modelId = modelId;
    this.#warn = warn;
  }

  /** @param promptTokens of a call; picks the tier */
  read(prices: SourcePrices, promptTokens: number): ImportedPrices {
    const entries: { unit: string; list: PriceList; text: string }[] = [];
    for (const [key, price] of Object.entries(prices)) {
      if (price === undefined) continue;
      const target = unitOf(key, this.#modelId);
      const listed = priceAt(price, promptTokens);
      const text =
        target && (target.per ? sharePriceText(listed, target.per)?.text : priceText(listed, target.list));
      if (target === undefined || text === undefined) {
        this.#warnOnce(
          `${key} left out: ${target === undefined ? "we have no such unit" : `${listed} has too many digits`}`,
        );
        continue;
      }
      const same = entries.find(({ unit }) => unit === target.unit);
      if (same === undefined) entries.push({ unit: target.unit, list: target.list, text });
      else if (same.text !== text) this.#warnOnce(`${key} left out: ${target.unit} has two prices`);
    }
    return pricesOf(entries);
  }

  /** One variant for each length of prompt from which on tokens cost something else: it prices all of the call's. */
  tiersOf(prices: SourcePrices, when: ImportedVariant["when"]): ImportedVariant[] {
    const starts = Object.values(prices).flatMap((price) =>
      isTiered(price) ? price.tiers.map(({ start }) => start) : [],
    );
    return [...new Set(starts)]
      .sort((one, other) => one - other)
      .map((start) => ({
        when: { ...when, ...lengthCondition(start) },
        per_million: this.read(prices, start + 1).per_million ?? {},
      }));
  }

  isRounded(prices: SourcePrices): boolean {
    return Object.entries(prices).some(([key, price]) => {
      const per = unitOf(key, this.#modelId)?.per;
      return per !== undefined && typeof price === "number" && sharePriceText(price, per)?.isExact === false;
    });
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#warn(message);
  }
}

/** The package asks for more than `start` tokens and writes a provider's "at least 272,000" as 271,999. */
function lengthCondition(start: number): { prompt_over: number } | { prompt_from: number } {
  return start % 1_000 === 999 ? { prompt_from: start + 1 } : { prompt_over: start };
}

function priceAt(price: number | SourceTiers, promptTokens: number): number {
  if (typeof price === "number") return price;
  const reached = price.tiers.filter(({ start }) => promptTokens > start).sort((a, b) => a.start - b.start);
  return reached.at(-1)?.price ?? price.base;
}

function isTiered(price: number | SourceTiers | undefined): price is SourceTiers {
  return typeof price === "object";
}
