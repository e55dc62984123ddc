import type { Instant } from "@ai-usage/core";
import { isGlob, listedNames, literalLength, matchesGlob, normalizeName } from "./model-name.ts";
import type { StaticFacts } from "./price-conditions.ts";
import type { PricedModel, PriceFile, ProviderMultiplier } from "./price-file.ts";
import { isEffective, type PriceRow } from "./price-row.ts";
import { PriceChoice } from "./price-sheet.ts";

/** Names and facts are the caller's, so what is remembered about all of them together must be bounded. */
const REMEMBERED_MAX = 10_000;

/** Files in order of precedence: those of a layer are asked before those of the next. */
export type PriceLayers = readonly (readonly PriceFile[])[];

/** Every price with the time between which it holds, ready for look-up. Immutable. */
export class PriceBook {
  readonly #layers: readonly ReadonlyMap<string, ProviderPrices>[];
  readonly #providerOfService = new Map<string, string>();
  readonly #names = new Map<string, Map<string, PricedName>>();
  #remembered = 0;

  private constructor(layers: PriceLayers) {
    for (const { provider } of layers.flat()) this.#providerOfService.set(provider, provider);
    // The published names of services first: an own provider that claims one of them must not take its calls over.
    for (const { provider, services } of layers.toReversed().flat()) {
      for (const service of services) {
        if (!this.#providerOfService.has(service)) this.#providerOfService.set(service, provider);
      }
    }
    this.#layers = layers.map(layerOf);
  }

  /**
   * @param layers a row of an earlier one, matched in whatever way, wins at the times it holds. Of files within a layer
   *   the first that lists a name has it, alone.
   */
  static build(layers: PriceLayers): PriceBook {
    return new PriceBook(layers);
  }

  /** What is known of the prices of a model (or an operation) of a service. */
  find(service: string, name: string): PricedName {
    const known = this.#names.get(service)?.get(name);
    if (known !== undefined) return known;
    this.#makeRoom();
    const found = new PricedName(this.#candidatesOf(service, name), this.#makeRoom);
    const names = this.#names.get(service) ?? new Map<string, PricedName>();
    this.#names.set(service, names.set(name, found));
    return found;
  }

  /** For one more name, or one more choice of rows under a name. What is asked for again is found again. */
  readonly #makeRoom = (): void => {
    if (this.#remembered >= REMEMBERED_MAX) {
      this.#names.clear();
      this.#remembered = 0;
    }
    this.#remembered += 1;
  };

  /** The provider whose prices a service's calls have; nothing when none is known. */
  providerOf(service: string): string | undefined {
    return this.#providerOfService.get(normalizeName(service));
  }

  /** Who has prices here. */
  providers(): string[] {
    return [...new Set(this.#layers.flatMap((layer) => [...layer.keys()]))];
  }

  /** Every model, provider by provider, those of earlier layers first. */
  *models(provider?: string): Generator<PricedModel> {
    for (const layer of this.#layers) {
      for (const [name, prices] of layer)
        if (provider === undefined || name === provider) yield* prices.models;
    }
  }

  /** Factors on the prices of all models of a provider, or of several. */
  *multipliers(provider?: string): Generator<PriceRow> {
    for (const layer of this.#layers) {
      for (const [name, prices] of layer)
        if (provider === undefined || name === provider) yield* prices.multiplierRows;
    }
  }

  #candidatesOf(service: string, name: string): Candidate[] {
    const provider = this.providerOf(service);
    if (provider === undefined) return [];
    const fallbacks = this.#layers.flatMap((layer) => layer.get(provider)?.fallsBackTo ?? []);
    for (const asked of [provider, ...fallbacks]) {
      const found = this.#layers.flatMap((layer) => layer.get(asked)?.lookUp(name) ?? []);
      if (found.length > 0) return found;
    }
    return [];
  }
}

/** A model that a name may mean, with the factors of its provider that concern it. */
export interface Candidate {
  readonly model: PricedModel;
  readonly multipliers: readonly PriceRow[];
}

/** A name that was looked up, and the prices that it has at different times and under different conditions. */
export class PricedName {
  readonly candidates: readonly Candidate[];
  readonly #makeRoom: () => void;
  readonly #choices = new Map<string, PriceChoice>();
  #changes: readonly Instant[] | undefined;

  /** @param makeRoom is called before one more choice is remembered, of which there are as many as kinds of facts */
  constructor(candidates: readonly Candidate[], makeRoom: () => void = () => {}) {
    this.candidates = candidates;
    this.#makeRoom = makeRoom;
  }

  get isKnown(): boolean {
    return this.candidates.length > 0;
  }

  /** The rows that can price calls of these facts at a time. */
  choiceAt(at: Instant, facts: StaticFacts): PriceChoice {
    // `#` stands in no name, so different facts have different keys.
    const key = `${this.#epochOf(at)}#${facts.tier}#${facts.region ?? ""}#${facts.size ?? ""}#${facts.quality ?? ""}#${facts.resolution ?? ""}`;
    const known = this.#choices.get(key);
    if (known !== undefined) return known;
    const holding = this.candidates.map(({ model, multipliers }) =>
      [...model.rows, ...multipliers].filter((row) => isEffective(row, at)),
    );
    const choice = new PriceChoice(passFactorsOn(holding), facts);
    this.#makeRoom();
    this.#choices.set(key, choice);
    return choice;
  }

  /** How many times prices have changed before: within one epoch the same rows hold. */
  #epochOf(at: Instant): number {
    this.#changes ??= this.#momentsOfChange();
    let epoch = 0;
    for (const moment of this.#changes) if (moment <= at) epoch += 1;
    return epoch;
  }

  #momentsOfChange(): Instant[] {
    const rows = this.candidates.flatMap(({ model, multipliers }) => [...model.rows, ...multipliers]);
    const moments = rows.flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo]);
    return [...new Set(moments.filter((moment) => moment !== undefined))];
  }
}

/**
 * Factors of a model that has no prices of its own at the time are on the prices of the next: so a deployment can set a
 * factor on published prices.
 */
function passFactorsOn(holding: readonly (readonly PriceRow[])[]): readonly (readonly PriceRow[])[] {
  let passed: readonly PriceRow[] = [];
  return holding.map((rows) => {
    const all = passed.length === 0 ? rows : [...passed, ...rows];
    passed = all.every(({ multiply }) => multiply !== undefined) ? all : [];
    return all;
  });
}

/** One layer's prices of a provider. */
class ProviderPrices {
  readonly models: PricedModel[] = [];
  readonly fallsBackTo: string[] = [];
  readonly #files: NamedModels[] = [];
  readonly #multipliers: ProviderMultiplier[] = [];

  add(file: PriceFile): void {
    this.models.push(...file.models);
    this.fallsBackTo.push(...file.fallsBackTo);
    this.#multipliers.push(...file.multipliers);
    this.#files.push(new NamedModels(file.models));
  }

  get multiplierRows(): PriceRow[] {
    return this.#multipliers.map(({ row }) => row);
  }

  lookUp(name: string): Candidate[] {
    const names = listedNames(name);
    let model: PricedModel | undefined;
    for (const file of this.#files) {
      model = file.find(names);
      if (model !== undefined) break;
    }
    if (model === undefined) return [];
    const meant = [...names, normalizeName(model.id)];
    const multipliers = this.#multipliers
      .filter(({ models }) => models?.some((glob) => meant.some((one) => matchesGlob(glob, one))) ?? true)
      .map(({ row }) => row);
    return [{ model, multipliers }];
  }
}

/** The models of one file by their names. */
class NamedModels {
  readonly #byName = new Map<string, PricedModel>();
  /** The most exact first. */
  readonly #byGlob: { glob: string; model: PricedModel }[] = [];

  constructor(models: readonly PricedModel[]) {
    for (const model of models) {
      for (const name of model.names) {
        if (isGlob(name)) this.#byGlob.push({ glob: name, model });
        else if (!this.#byName.has(name)) this.#byName.set(name, model);
      }
    }
    this.#byGlob.sort((a, b) => literalLength(b.glob) - literalLength(a.glob));
  }

  find(names: readonly string[]): PricedModel | undefined {
    for (const name of names) {
      const model = this.#byName.get(name);
      if (model !== undefined) return model;
    }
    return this.#byGlob.find(({ glob }) => names.some((name) => matchesGlob(glob, name)))?.model;
  }
}

function layerOf(files: readonly PriceFile[]): Map<string, ProviderPrices> {
  const layer = new Map<string, ProviderPrices>();
  for (const file of files) {
    const prices = layer.get(file.provider) ?? new ProviderPrices();
    prices.add(file);
    layer.set(file.provider, prices);
  }
  return layer;
}
