import * as z from "zod";
import { budgetFileSchema } from "./budget-file-wire.ts";

interface Hint {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

const AMOUNT = { pattern: "^\\d+(\\.\\d+)?$" };
const PERCENTAGE = { pattern: "^\\d{1,4}(\\.\\d{1,2})?$" };

/** What an editor shows beside a field, by its path, and what it can check that the schema's own code checks. */
const hints: Readonly<Record<string, Hint>> = {
  name: {
    description:
      "Name of this set of budgets. What a deployment has under the name and the file does not is deactivated when it is applied.",
  },
  budgets: { description: "An amount for a scope in each period." },
  templates: { description: "What makes a budget for each scope of a pattern as soon as it is first seen." },
  "*.key": {
    description:
      "What it is called in this file, for ever: under another key it is another budget. Left out, it is made of scope, period and unit.",
  },
  "*.scope": {
    description:
      "What it is about: global:all; service:, model:, user:, team:, job:, feature: or environment: and a name; or a custom one.",
    pattern: "^[a-z][a-z0-9_]{0,31}:.+$",
    examples: ["global:all", "team:growth", "model:gpt-4o"],
  },
  "*.pattern": {
    description: "All scopes of a dimension, or those with a beginning.",
    pattern: "^[a-z][a-z0-9_]{0,31}:.*\\*$",
    examples: ["user:*", "team:eu-*"],
  },
  "*.name": {
    description:
      "What people read in alerts. In a template it may hold {scope} and {value}. Left out, it is made of scope, period and unit.",
  },
  "*.amount": {
    description: "For each period: US dollars, or what `unit` says. Text keeps every digit.",
    ...AMOUNT,
  },
  "*.unit": { description: "What is limited: US dollars, input and output tokens together, or calls." },
  "*.period": {
    description:
      "When it begins anew. Minutely budgets only refuse (hard, shadow): there are no totals of minutes.",
  },
  "*.time_zone": {
    description: "IANA name of the zone by whose calendar periods begin.",
    examples: ["Europe/Berlin", "America/New_York"],
  },
  "*.week_starts_on": { description: "First day of weekly periods." },
  "*.fiscal_year_starts_in": {
    description: "Month, 1 to 12, in which yearly periods begin, and quarterly ones with them.",
  },
  "*.thresholds": {
    description: "Where to alert; 50, 80, 95 and 100 % when left out, an empty list for never. At most 20.",
  },
  "*.thresholds.percent": { description: "Of the limit, above 0 and up to 1000.", ...PERCENTAGE },
  "*.thresholds.amount": { description: "In the unit of the budget.", ...AMOUNT },
  "*.thresholds.level": {
    description:
      "Left out, it is the highest of INFO 50, WARNING 80, CRITICAL 95, EXCEEDED 100 that it reaches.",
  },
  "*.thresholds.on": {
    description:
      "What is spent, or what will have been spent at the end of the period if it goes on like this.",
  },
  "*.enforcement": {
    description:
      "soft alerts; hard refuses calls, too; shadow refuses nothing and counts what it would have refused.",
  },
  "*.fail_mode": { description: "Whether calls are made (open) or not (closed) while nobody can be asked." },
  "*.rollover": { description: "Adds what a period leaves unused to the next one." },
  "*.rollover.cap": { description: "So much at most; the amount when left out.", ...AMOUNT },
  "*.spike": { description: "Alerts when an hour costs many times what hours of the scope usually do." },
  "*.spike.times": { description: "So many times the usual, above 1." },
  "*.spike.at_least": { description: "US dollars that such an hour costs at least.", ...AMOUNT },
  "*.contact": { description: "Whom to ask for more; shown to those who are refused." },
  "*.metadata": {
    description: "Texts by name, for attribution.",
    type: "object",
    additionalProperties: { type: "string" },
  },
};

/** JSON schema of budgets as code, for editors. What it lets through may still be refused, with line and column. */
export function budgetFileJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(budgetFileSchema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
  });
  return { $schema, title: "ai-usage budgets", ...withHints(schema, []) };
}

type Node = Readonly<Record<string, unknown>>;

/** @param names of the fields that lead to `schema`, whatever lists and choices are between them */
function withHints(schema: Node, names: readonly string[]): Node {
  const { properties, items, anyOf, ...rest } = schema;
  return {
    ...rest,
    ...(isNode(items) && { items: withHints(items, names) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.filter(isNode).map((choice) => withHints(choice, names)) }),
    ...(isNode(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).flatMap(([name, field]) =>
          isNode(field)
            ? [[name, { ...withHints(field, [...names, name]), ...hintFor([...names, name]) }]]
            : [],
        ),
      ),
    }),
  };
}

/** Budgets and templates have the same fields: `*.thresholds.percent`. */
const hintFor = ([first = "", ...names]: readonly string[]): Hint | undefined =>
  hints[names.length === 0 ? first : ["*", ...names].join(".")];

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);
