import type { ImportedFile, ImportedModel } from "./imported-file.ts";
import { namesOf } from "./imported-names.ts";
import { type ImportedProvider, importedProviders, ourNameOf } from "./imported-providers.ts";
import { rowsOf } from "./imported-rows.ts";
import type { SourceModel, SourceProvider } from "./source-format.ts";

export interface GenaiPricesImport {
  /** In order of their names. */
  readonly files: readonly ImportedFile[];
  /** What was not taken over, and why: `bedrock/nova-1: left out, for it has no price`. */
  readonly warnings: readonly string[];
}

export interface ImportOptions {
  /** Of `@pydantic/genai-prices`. */
  readonly version: string;
  /** `yyyy-mm-dd`: stands as the day of the check where the package names none. */
  readonly importedOn: string;
}

/** Groq bills ten seconds of audio at least: https://groq.com/pricing. The package knows it, but not in its data. */
const minimumOf: Readonly<Record<string, Readonly<Record<string, number>>>> = { groq: { second: 10 } };

/** The prices of `@pydantic/genai-prices` as price files of ours; providers that we do not take over are passed by. */
export function importGenaiPrices(
  providers: readonly SourceProvider[],
  { version, importedOn }: ImportOptions,
): GenaiPricesImport {
  const warnings: string[] = [];
  const edition = `@pydantic/genai-prices ${version}, MIT`;
  const files = importedProviders
    .flatMap((known) => {
      const source = providers.find(({ id }) => id === known.sourceId);
      return source === undefined ? [] : [fileOf(source, known, { edition, importedOn, warnings })];
    })
    .sort((one, other) => (one.provider < other.provider ? -1 : 1));
  return { files, warnings };
}

interface Edition {
  readonly edition: string;
  readonly importedOn: string;
  readonly warnings: string[];
}

function fileOf(source: SourceProvider, known: ImportedProvider, edition: Edition): ImportedFile {
  const { provider, services } = known;
  const fallsBackTo = (source.fallback_model_providers ?? []).flatMap((id) => ourNameOf(id) ?? []);
  return {
    provider,
    ...(services && { services }),
    about: `Imported from ${edition.edition}. Not read in the provider's own pages; a price of ../${provider}.json wins.`,
    ...(fallsBackTo.length > 0 && { falls_back_to: fallsBackTo }),
    models: modelsOf(source, provider, edition),
  };
}

/** Of two models with one name the package finds the one that stands first. */
function modelsOf(
  source: SourceProvider,
  provider: string,
  { edition, importedOn, warnings }: Edition,
): ImportedModel[] {
  const ownerOf = new Map<string, string>();
  const named = source.models.flatMap((model) => {
    const id = model.id.toLowerCase();
    const warn = (message: string) => void warnings.push(`${provider}/${id}: ${message}`);
    const { names, untold } = namesOf(model.match);
    for (const match of untold) warn(`cannot be named by ${JSON.stringify(match)}`);
    if (ownerOf.has(id)) {
      warn(`left out, for ${ownerOf.get(id)} has that name`);
      return [];
    }
    const free = [...new Set([id, ...names])].filter((name) => !ownerOf.has(name));
    for (const name of names)
      if (!free.includes(name)) warn(`does without "${name}", a name of ${ownerOf.get(name)}`);
    for (const name of free) ownerOf.set(name, id);
    return [{ model, id, names: free.slice(1).sort(), warn }];
  });
  const page = source.pricing_urls?.[0] ?? "https://github.com/pydantic/genai-prices";
  const minimum = minimumOf[provider];
  return named
    .map(({ model, id, names, warn }) =>
      modelOf(
        model,
        id,
        names,
        rowsOf(model, { page, note: edition, importedOn, warn, ...(minimum && { minimum }) }),
      ),
    )
    .filter(({ rows }) => rows.length > 0)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function modelOf(
  { context_window: contextWindow }: SourceModel,
  id: string,
  names: readonly string[],
  rows: ImportedModel["rows"],
): ImportedModel {
  return {
    id,
    ...(names.length > 0 && { names }),
    ...(contextWindow !== undefined && { context_window: contextWindow }),
    rows,
  };
}
