import { InvalidPriceFileError, type PriceFileProblem } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import { normalizeName } from "./model-name.ts";
import type { PriceRow } from "./price-row.ts";
import { readRow } from "./row-reader.ts";

export interface PricedModel {
  readonly id: string;
  /** The id and its aliases, in lower case. */
  readonly names: readonly string[];
  /** Beginnings of names that mean this model too, as those of fine-tuned models do. */
  readonly prefixes: readonly string[];
  /** Oldest first; no two hold at the same time. */
  readonly rows: readonly PriceRow[];
}

export interface PriceFile {
  readonly provider: string;
  /** What the provider is called in a metric. */
  readonly services: readonly string[];
  readonly models: readonly PricedModel[];
}

/**
 * @param value the parsed JSON of a file in the format that `packages/pricing/README.md` describes
 * @throws InvalidPriceFileError naming every row and field that is wrong
 */
export function parsePriceFile(value: unknown): PriceFile {
  const problems: PriceFileProblem[] = [];
  const file = readPriceFile(new JsonNode(value, "", problems), false);
  if (file === undefined || problems.length > 0) throw new InvalidPriceFileError(problems);
  return file;
}

export function readPriceFile(node: JsonNode, ownPrices: boolean): PriceFile | undefined {
  const fields = node.members(["provider", "models"], ["services", "about"]);
  fields.about?.text();
  const provider = fields.provider?.text();
  const models = fields.models?.items("models").map((item) => readModel(item, provider ?? "", ownPrices));
  if (provider === undefined || models === undefined) return undefined;
  const known = models.filter((model) => model !== undefined);
  reportRepeatedNames(fields.models ?? node, known);
  const services = [provider, ...(fields.services?.texts() ?? [])].map(normalizeName);
  return { provider: normalizeName(provider), services, models: known };
}

function readModel(node: JsonNode, provider: string, ownPrices: boolean): PricedModel | undefined {
  const fields = node.members(["id", "rows"], ["aliases", "prefixes"]);
  const id = fields.id?.text();
  if (id === undefined) return undefined;
  const rows = (fields.rows?.items("rows") ?? []).flatMap(
    (row) => readRow(row, provider, id, ownPrices) ?? [],
  );
  if (rows.length === 0) fields.rows?.report("must have at least one row");
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before !== undefined && !follows(row, before)) {
      node
        .at(undefined, `rows[${index}]`)
        .report(`holds at the same time as rows[${index - 1}], or is out of order`);
    }
  });
  const names = [id, ...(fields.aliases?.texts() ?? [])].map(normalizeName);
  return { id, names, prefixes: (fields.prefixes?.texts() ?? []).map(normalizeName), rows };
}

function follows(row: PriceRow, before: PriceRow): boolean {
  return (
    row.effectiveFrom !== undefined &&
    before.effectiveTo !== undefined &&
    before.effectiveTo <= row.effectiveFrom
  );
}

function reportRepeatedNames(node: JsonNode, models: readonly PricedModel[]): void {
  const seen = new Set<string>();
  for (const { id, names, prefixes } of models) {
    for (const name of [...names, ...prefixes.map((prefix) => `${prefix}*`)]) {
      if (seen.has(name)) node.report(`the name "${name}" of ${id} is used more than once`);
      seen.add(name);
    }
  }
}
