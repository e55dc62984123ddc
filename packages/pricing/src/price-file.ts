import { InvalidPriceFileError, type PriceFileProblem } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import { normalizeName } from "./model-name.ts";
import type { PriceOrigin, PriceRow } from "./price-row.ts";
import { endWhereTheNextBegins, reportOverlaps } from "./row-overlaps.ts";
import { readMultiplier, readRows } from "./row-reader.ts";

export interface PricedModel {
  readonly provider: string;
  readonly id: string;
  /** The id and its further names, in lower case; `*` in a name stands for any text. */
  readonly names: readonly string[];
  /** Most tokens of a prompt, and of an answer. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** Prices and factors, in the order of the file. */
  readonly rows: readonly PriceRow[];
}

/** A factor on the prices of all models of a provider, or of those that a name matches. */
export interface ProviderMultiplier {
  readonly models?: readonly string[];
  readonly row: PriceRow;
}

export interface PriceFile {
  readonly provider: string;
  /** What the provider is called in a metric. */
  readonly services: readonly string[];
  /** Providers whose prices hold for models that this one does not list. */
  readonly fallsBackTo: readonly string[];
  readonly multipliers: readonly ProviderMultiplier[];
  readonly models: readonly PricedModel[];
}

/**
 * @param value the parsed JSON of a file in the format that `packages/pricing/README.md` describes
 * @throws InvalidPriceFileError naming every row and field that is wrong
 */
export function parsePriceFile(value: unknown): PriceFile {
  const problems: PriceFileProblem[] = [];
  const file = readPriceFile(new JsonNode(value, "", problems), "published");
  if (file === undefined || problems.length > 0) throw new InvalidPriceFileError(problems);
  return file;
}

export function readPriceFile(node: JsonNode, origin: PriceOrigin): PriceFile | undefined {
  const { fields, models: nodes, ...head } = readHead(node, origin);
  if (head.provider === "" || nodes === undefined) return undefined;
  const models = nodes.flatMap((item) => readModel(item, head.provider, origin) ?? []);
  reportRepeatedNames(fields.models ?? node, models);
  return { ...head, models };
}

/**
 * The files that come with the package, which the tests have read whole: here a model's rows are read when it is first
 * asked for, since a function that starts needs a handful of a thousand.
 */
export function openPriceFile(value: unknown, origin: PriceOrigin): PriceFile {
  const { models = [], fields: _, ...head } = readHead(new JsonNode(value, "", []), origin);
  return { ...head, models: models.map((node) => new UnreadModel(node, head.provider, origin)) };
}

class UnreadModel implements PricedModel {
  readonly provider: string;
  readonly id: string;
  readonly names: readonly string[];
  readonly #node: JsonNode;
  readonly #origin: PriceOrigin;
  #read: PricedModel | undefined;

  constructor(node: JsonNode, provider: string, origin: PriceOrigin) {
    const { id, names = [] } = node.value as { id: string; names?: string[] };
    this.provider = provider;
    this.id = id;
    this.names = [id, ...names].map(normalizeName);
    this.#node = node;
    this.#origin = origin;
  }

  get rows(): readonly PriceRow[] {
    return this.#model.rows;
  }

  get contextWindow(): number | undefined {
    return this.#model.contextWindow;
  }

  get maxOutputTokens(): number | undefined {
    return this.#model.maxOutputTokens;
  }

  get #model(): PricedModel {
    this.#read ??= readModel(this.#node, this.provider, this.#origin);
    if (this.#read === undefined) throw new Error(`${this.provider}/${this.id} cannot be read`);
    return this.#read;
  }
}

function readHead(node: JsonNode, origin: PriceOrigin) {
  const fields = node.members(["provider", "models"], ["services", "about", "falls_back_to", "multipliers"]);
  fields.about?.text();
  const provider = normalizeName(fields.provider?.text() ?? "");
  if (provider.includes("#")) fields.provider?.report("must not contain #");
  return {
    fields,
    provider,
    services: [provider, ...(fields.services?.texts() ?? []).map(normalizeName)],
    fallsBackTo: (fields.falls_back_to?.texts() ?? []).map(normalizeName),
    multipliers: fields.multipliers ? readMultipliers(fields.multipliers, provider, origin) : [],
    models: fields.models?.items("models"),
  };
}

/** Those on the same models follow each other as the rows of a model do. */
function readMultipliers(node: JsonNode, provider: string, origin: PriceOrigin): ProviderMultiplier[] {
  const groups = new Map<string, { models: string[] | undefined; rows: PriceRow[] }>();
  for (const item of node.items("multipliers")) {
    const { row, models } = readMultiplier(item, { provider, model: "*", origin });
    const key = JSON.stringify(models);
    const group = groups.get(key) ?? { models, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ models, rows }) => {
    const ended = endWhereTheNextBegins(rows.map((row) => [row]));
    reportOverlaps(node, ended);
    return ended.map((row) => ({ row, ...(models && { models }) }));
  });
}

function readModel(node: JsonNode, provider: string, origin: PriceOrigin): PricedModel | undefined {
  const fields = node.members(["id", "rows"], ["names", "context_window", "max_output_tokens"]);
  const id = fields.id?.text();
  if (id === undefined) return undefined;
  const rowNodes = fields.rows?.items("rows") ?? [];
  if (rowNodes.length === 0) fields.rows?.report("must have at least one row");
  const rows = endWhereTheNextBegins(rowNodes.map((row) => readRows(row, { provider, model: id, origin })));
  reportOverlaps(fields.rows ?? node, rows);
  const contextWindow = fields.context_window?.wholeNumber();
  const maxOutputTokens = fields.max_output_tokens?.wholeNumber();
  return {
    provider,
    id,
    names: [id, ...(fields.names?.texts() ?? [])].map(normalizeName),
    ...(contextWindow !== undefined && { contextWindow }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    rows,
  };
}

function reportRepeatedNames(node: JsonNode, models: readonly PricedModel[]): void {
  const seen = new Set<string>();
  for (const { id, names } of models) {
    for (const name of new Set(names)) {
      if (seen.has(name)) node.report(`the name "${name}" of ${id} is used more than once`);
      seen.add(name);
    }
  }
}
