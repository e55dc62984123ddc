import { sum } from "simple-statistics";
import type { BenchmarkResult } from "../benchmark.ts";
import { callsOf, market } from "./market-models.ts";
import type { ModelCall, PriceLibrary } from "./price-library.ts";

/** How many models of the market each library has a price for, by its own rules for names; the first is ours. */
export function countKnownModels(libraries: readonly PriceLibrary[]): BenchmarkResult {
  const groups = market.map((models) => {
    const calls = callsOf(models);
    const unknown = libraries.map((library) => calls.filter((call) => !knows(library, call)).map(nameOf));
    return { at: models.at, models: calls.length, unknown };
  });
  const models = sum(groups.map((group) => group.models));
  const unknownOf = (index: number) => groups.flatMap(({ unknown }) => unknown[index] ?? []);
  return {
    findings: [
      {
        measure: "models of the market with a quote",
        value: models - unknownOf(0).length,
        unit: `of ${models}`,
      },
    ],
    tables: [
      {
        head: ["models with a price", "all", ...libraries.map(({ name }) => name)],
        rows: groups.map((group) => [
          `in calls of ${group.at.slice(0, 10)}`,
          group.models,
          ...group.unknown.map((names) => group.models - names.length),
        ]),
      },
    ],
    notes: libraries
      .map(({ name }, index) => ({ name, unknown: unknownOf(index) }))
      .filter(({ unknown }) => unknown.length > 0 && unknown.length <= FEW)
      .map(({ name, unknown }) => `No price by ${name}: ${unknown.join(", ")}.`),
    samples: groups.map(({ unknown, ...group }) => ({
      ...group,
      unknown: Object.fromEntries(libraries.map(({ name }, index) => [name, unknown[index]])),
    })),
  };
}

const FEW = 10;

const knows = ({ prepare }: PriceLibrary, call: ModelCall): boolean => prepare(call)() !== undefined;

const nameOf = ({ provider, model }: ModelCall): string => `${provider} ${model}`;
