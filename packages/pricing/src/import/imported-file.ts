/** A price file as it is written to disk: the format of `packages/pricing/README.md`, as far as the importer uses it. */
export interface ImportedFile {
  readonly provider: string;
  readonly services?: readonly string[];
  readonly about: string;
  readonly falls_back_to?: readonly string[];
  readonly models: readonly ImportedModel[];
}

export interface ImportedModel {
  readonly id: string;
  readonly names?: readonly string[];
  readonly context_window?: number;
  readonly rows: readonly ImportedRow[];
}

/** US dollars as text, by unit of usage. */
type Prices = Readonly<Record<string, string>>;

export interface ImportedPrices {
  readonly per_million?: Prices;
  readonly per_thousand?: Prices;
  readonly per_unit?: Prices;
}

export interface ImportedRow extends ImportedPrices {
  readonly effective_from?: string;
  readonly effective_to?: string;
  readonly variants?: readonly ImportedVariant[];
  readonly minimum?: Readonly<Record<string, number>>;
  readonly source: string;
  readonly checked_on: string;
  readonly verified: boolean;
  readonly note: string;
}

export interface ImportedVariant extends ImportedPrices {
  readonly when: {
    readonly prompt_over?: number;
    readonly prompt_from?: number;
    readonly time?: readonly ImportedWindow[];
  };
}

export interface ImportedWindow {
  readonly from: string;
  readonly to: string;
  readonly time_zone: "UTC";
}
