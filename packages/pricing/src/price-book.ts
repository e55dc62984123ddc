import type { Instant } from "@ai-usage/core";
import { InvalidPriceFileError } from "./errors.ts";
import { listedNames, normalizeName } from "./model-name.ts";
import type { PricedModel, PriceFile } from "./price-file.ts";
import { isEffective, type PriceRow } from "./price-row.ts";

/** Names are the caller's, so what is remembered about them must be bounded. */
const RESOLVED_NAMES_MAX = 10_000;

export interface PriceQuery {
  readonly service: string;
  readonly model?: string;
  /** Names the price where there is no model: a Google Places operation. */
  readonly operation: string;
  readonly at: Instant;
}

interface ProviderPrices {
  readonly byName: Map<string, PricedModel>;
  /** Longest first. */
  readonly byPrefix: [prefix: string, model: PricedModel][];
}

/** Every price with the time between which it holds, ready for look-up. Immutable. */
export class PriceBook {
  readonly #providerOfService = new Map<string, string>();
  /** In order of precedence: a deployment's own prices, then the published ones. */
  readonly #layers: readonly ReadonlyMap<string, ProviderPrices>[];
  readonly #resolved = new Map<string, Map<string, readonly PricedModel[]>>();
  #resolvedCount = 0;

  private constructor(layers: readonly (readonly PriceFile[])[]) {
    for (const file of layers.flat()) {
      for (const service of file.services) this.#providerOfService.set(service, file.provider);
    }
    this.#layers = layers.map(layerOf);
  }

  /**
   * @param overrides a row of theirs, matched in whatever way, wins over every row of `files` at the times it holds
   * @throws InvalidPriceFileError when two files of one layer name the same model
   */
  static build(files: readonly PriceFile[], overrides: readonly PriceFile[] = []): PriceBook {
    return new PriceBook([overrides, files]);
  }

  find({ service, model, operation, at }: PriceQuery): PriceRow | undefined {
    for (const candidate of this.#resolve(service, model ?? operation)) {
      const row = candidate.rows.find((listed) => isEffective(listed, at));
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** The models that `name` may mean, at most one per layer. */
  #resolve(service: string, name: string): readonly PricedModel[] {
    const known = this.#resolved.get(service)?.get(name);
    if (known !== undefined) return known;
    const provider = this.#providerOfService.get(normalizeName(service));
    const models =
      provider === undefined ? [] : this.#layers.flatMap((layer) => lookUp(layer.get(provider), name));
    if (this.#resolvedCount < RESOLVED_NAMES_MAX) {
      this.#resolvedCount += 1;
      const names = this.#resolved.get(service) ?? new Map<string, readonly PricedModel[]>();
      this.#resolved.set(service, names.set(name, models));
    }
    return models;
  }
}

function lookUp(prices: ProviderPrices | undefined, name: string): PricedModel[] {
  if (prices === undefined) return [];
  const names = listedNames(name);
  for (const listed of names) {
    const model = prices.byName.get(listed);
    if (model !== undefined) return [model];
  }
  const match = prices.byPrefix.find(([prefix]) => names.some((listed) => listed.startsWith(prefix)));
  return match === undefined ? [] : [match[1]];
}

function layerOf(files: readonly PriceFile[]): Map<string, ProviderPrices> {
  const layer = new Map<string, ProviderPrices>();
  for (const { provider, models } of files) {
    const prices: ProviderPrices = layer.get(provider) ?? { byName: new Map(), byPrefix: [] };
    layer.set(provider, prices);
    for (const model of models) {
      for (const name of model.names) {
        if (prices.byName.has(name)) {
          throw new InvalidPriceFileError([
            { where: `${provider}/${model.id}`, message: `"${name}" is priced twice` },
          ]);
        }
        prices.byName.set(name, model);
      }
      for (const prefix of model.prefixes) prices.byPrefix.push([prefix, model]);
    }
    prices.byPrefix.sort(([one], [other]) => other.length - one.length);
  }
  return layer;
}
