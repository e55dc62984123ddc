import type { BudgetSet, KeyedBudget, KeyedTemplate } from "@ai-usage/core";
import * as z from "zod";
import { templateSchema } from "./budget-template-wire.ts";
import { termsFields, termsFromWire, type WireTerms } from "./budget-terms-wire.ts";
import { nameField, scopeField } from "./fields.ts";
import { ProblemError } from "./problem.ts";

const ENTRIES_MAX = 2_000;

const entriesOf = <Entry extends z.ZodType>(entry: Entry, what: string) =>
  z
    .array(entry, { error: () => `must be a list of ${what}` })
    .max(ENTRIES_MAX, `must have at most ${ENTRIES_MAX} entries`)
    .default([]);

const entryError = (issue: { readonly code: string }) =>
  issue.code === "unrecognized_keys" ? undefined : "must be an object of terms";

/** Budgets as code: what a file of them holds, after YAML or JSON has been read. */
export const budgetFileSchema = z.strictObject(
  {
    name: z
      .string({ error: () => "must be given, a name for the set of budgets" })
      .regex(/^[\w.-]{1,64}$/, "must be letters, digits, _, . or -, at most 64 of them"),
    budgets: entriesOf(
      z.strictObject({ key: nameField.optional(), scope: scopeField, ...termsFields }, { error: entryError }),
      "budgets",
    ),
    templates: entriesOf(
      z.strictObject(
        { key: nameField.optional(), pattern: templateSchema.shape.pattern, ...termsFields },
        { error: entryError },
      ),
      "templates",
    ),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "must hold a name, budgets and templates",
  },
);
type WireFile = z.output<typeof budgetFileSchema>;

/** What is wrong with a file, and where in it: `["budgets", 3, "amount"]`. The message goes on from the field's name. */
export interface FileProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Reads what a file of budgets holds, or says all that is wrong with it. */
export function parseBudgetFile(
  input: unknown,
): { readonly set: BudgetSet } | { readonly problems: readonly FileProblem[] } {
  const parsed = budgetFileSchema.safeParse(input);
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(problemsOf) };
  const { name, budgets, templates } = parsed.data;
  const problems: FileProblem[] = [];
  const set = { name, budgets: budgetsOf(budgets, problems), templates: templatesOf(templates, problems) };
  return problems.length > 0 ? { problems } : { set };
}

function problemsOf(issue: z.core.$ZodIssue): FileProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: "is not a field that is known here" }));
}

function budgetsOf(wires: WireFile["budgets"], problems: FileProblem[]): KeyedBudget[] {
  const keys = new Set<string>();
  return wires.flatMap((wire, index) => {
    const path = ["budgets", index];
    const terms = termsAt(path, wire, wire.scope, problems);
    const key = keyAt(path, { ...wire, subject: wire.scope }, { keys, problems });
    return terms ? [{ key, terms: { ...terms, scope: wire.scope } }] : [];
  });
}

function templatesOf(wires: WireFile["templates"], problems: FileProblem[]): KeyedTemplate[] {
  const keys = new Set<string>();
  return wires.flatMap((wire, index) => {
    const path = ["templates", index];
    const terms = termsAt(path, wire, "{scope}", problems);
    const key = keyAt(path, { ...wire, subject: wire.pattern }, { keys, problems });
    return terms ? [{ key, pattern: wire.pattern, terms }] : [];
  });
}

/** Its own key, or what it is about: then a second one like it needs a key to tell them apart. */
function keyAt(
  path: FileProblem["path"],
  { key, subject, period, unit }: WireTerms & { readonly key?: string; readonly subject: string },
  { keys, problems }: { keys: Set<string>; problems: FileProblem[] },
): string {
  const known = key ?? [subject, period, ...(unit === "usd" ? [] : [unit])].join(" ");
  if (keys.has(known)) {
    const message =
      key === undefined
        ? `must be given: there is a ${known} already, and the two need keys to tell them apart`
        : `"${known}" is taken: keys must differ`;
    problems.push({ path: [...path, "key"], message });
  }
  keys.add(known);
  return known;
}

function termsAt(path: FileProblem["path"], wire: WireTerms, subject: string, problems: FileProblem[]) {
  try {
    return termsFromWire(wire, subject);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    for (const { field, message } of error.problem.errors ?? [])
      problems.push({ path: [...path, field], message });
    return undefined;
  }
}
