import { nameProblem, type UtcDate } from "@ai-usage/core";
import { type PriceFile, type PriceFileProblem, parseOwnPrices } from "@ai-usage/pricing";
import { importedProviders, importGenaiPrices, type SourceProvider } from "@ai-usage/pricing/import";
import { fieldProblem, parseOrProblem } from "@ai-usage/wire";
import * as z from "zod";
import { fieldPath, priceProblem, readOrProblem } from "./price-problems.ts";

export interface ImportedPrices {
  readonly files: readonly PriceFile[];
  /** What of the list cannot be taken over. */
  readonly warnings: readonly string[];
}

const WARNINGS_MAX = 100;

/** @throws ProblemError that names what of `data` is wrong */
export function readPriceFileData(data: unknown): ImportedPrices {
  const fieldOf = (where: string) =>
    fieldPath(where.replace(/^providers\[0\](, )?/, "data, ")).replace(/\.$/, "");
  const files = readOrProblem(() => parseOwnPrices({ providers: [data] }), fieldOf);
  requireNames(files);
  const warnings = files.flatMap(({ multipliers, fallsBackTo }) => [
    ...(multipliers.length > 0
      ? ["multipliers of a provider are not taken over: set them on its models"]
      : []),
    ...(fallsBackTo.length > 0 ? ["falls_back_to is not taken over"] : []),
  ]);
  return { files, warnings };
}

/** @throws ProblemError that names what of `data` is wrong */
export function readGenaiPricesData(data: unknown, today: UtcDate): ImportedPrices {
  const { version, providers } = parseOrProblem(genaiPricesSchema, { data }).data;
  const imported = importGenaiPrices(providers, { version, importedOn: today });
  if (imported.files.length === 0) {
    const known = importedProviders.map(({ sourceId }) => sourceId).join(", ");
    throw fieldProblem("data.providers", `must hold one of those that can be taken over: ${known}`);
  }
  const files = readOrProblem(
    () => parseOwnPrices({ providers: imported.files }),
    (where) => fieldPath(`data, ${where}`),
  );
  requireNames(files);
  return { files, warnings: imported.warnings.slice(0, WARNINGS_MAX) };
}

/** Names become parts of keys. */
function requireNames(files: readonly PriceFile[]): void {
  const problems = files.flatMap(({ provider, services, models }): PriceFileProblem[] => [
    ...namesWrong(services, `data, provider ${provider}`),
    ...models.flatMap(({ id, names }) => namesWrong(names, `data, model ${id}`)),
  ]);
  if (problems.length > 0) throw priceProblem(problems, (where) => where.split(", ").join("."));
}

function namesWrong(names: readonly string[], where: string): PriceFileProblem[] {
  return names.flatMap((name) => {
    const problem = nameProblem(name);
    return problem === undefined ? [] : [{ where, message: `has a name that ${problem}` }];
  });
}

const wrong = (what: string) => ({ error: () => `must be ${what}, as the package has it` });
const text = z.string(wrong("a text")).max(500, "must have at most 500 characters");
const count = z.int(wrong("a whole number")).min(0, "must not be negative");
const price = z.number(wrong("a number")).min(0, "must not be negative");
const tiers = z.array(z.object({ start: count, price })).max(20, "must have at most 20 tiers");
const prices = z.record(
  z.string(),
  z.union([price, z.object({ base: price, tiers })], wrong("a price")),
  wrong("an object of prices"),
);
const constraint = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("start_date"), start_date: text }),
    z.object({ type: z.literal("time_of_date"), start_time: text, end_time: text }),
  ],
  wrong("a start_date or a time_of_date"),
);

type SourceMatch = SourceProvider["models"][number]["match"];

const match: z.ZodType<SourceMatch> = z.lazy(() =>
  z.union(
    [
      z.object({ or: z.array(match).max(200) }),
      z.object({ and: z.array(match).max(200) }),
      z.object({ equals: text }),
      z.object({ starts_with: text }),
      z.object({ ends_with: text }),
      z.object({ contains: text }),
      z.object({ regex: text }),
    ],
    wrong("what names the model"),
  ),
);

const model = z.object(
  {
    id: text,
    match,
    context_window: count.optional(),
    prices_checked: text.optional(),
    prices: z.union(
      [prices, z.array(z.object({ constraint: constraint.optional(), prices }))],
      wrong("prices"),
    ),
  },
  wrong("a model"),
);

const provider = z.object(
  {
    id: text,
    pricing_urls: z.array(text, wrong("a list of addresses")).optional(),
    fallback_model_providers: z.array(text, wrong("a list of providers")).optional(),
    models: z.array(model, wrong("a list of models")),
  },
  wrong("a provider"),
);

/** The parts of @pydantic/genai-prices that are read; it has more of them. */
const genaiPricesSchema = z.object({
  data: z.object(
    {
      version: z
        .string(wrong("a version"))
        .regex(/^[\w.+-]{1,40}$/, "must be a version")
        .default("unknown"),
      providers: z.array(provider, wrong("a list of providers")).min(1, "must not be empty"),
    },
    { error: () => "must be an object with providers" },
  ),
});
