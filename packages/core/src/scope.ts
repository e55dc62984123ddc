import type { AIUsageMetric } from "./metric.ts";

declare const scope: unique symbol;
/** What a total or a budget is about, `<dimension>:<value>`: `global:all`, `user:john-doe`, `department:engineering`. */
export type Scope = string & { readonly [scope]: true };

export const GLOBAL_SCOPE = "global:all" as Scope;

/** Dimensions that a metric has as fields of its own. Others are custom, from its metadata. */
export const namedDimensions = ["service", "model", "user", "team", "job", "feature", "environment"] as const;
export type NamedDimension = (typeof namedDimensions)[number];

/** Longest name of a service, model, user, team, job, feature … that is accepted. */
export const NAME_LENGTH_MAX = 128;
/** The same in bytes of UTF-8: three names and a shard's id make a sort key, which may have 1024. */
export const NAME_BYTES_MAX = 256;

const DIMENSION = /^[a-z][a-z0-9_]{0,31}$/;
// `#` separates the parts of a key; control characters, line separators and lone surrogates have no place in a name.
const NAME = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}#]+$/u;

/** What is wrong with a name, in words, or nothing. */
export function nameProblem(name: string): string | undefined {
  if (name.length === 0) return "must not be empty";
  if (name.length > NAME_LENGTH_MAX) return `must have at most ${NAME_LENGTH_MAX} characters`;
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) return `must have at most ${NAME_BYTES_MAX} bytes in UTF-8`;
  if (!NAME.test(name)) return "must not contain # or control characters";
  if (name !== name.trim()) return "must not begin or end with white space";
  return undefined;
}

export class InvalidScopeError extends Error {
  override readonly name = "InvalidScopeError";
}

/** @throws InvalidScopeError with what is wrong */
export function parseScope(text: string): Scope {
  const colon = text.indexOf(":");
  const dimension = text.slice(0, colon);
  const value = text.slice(colon + 1);
  if (colon < 1 || !DIMENSION.test(dimension)) {
    throw new InvalidScopeError("must be written dimension:value, for example team:growth or global:all");
  }
  const problem = nameProblem(value);
  if (problem) throw new InvalidScopeError(`the part after the colon ${problem}`);
  if (dimension === "global" && value !== "all")
    throw new InvalidScopeError("the global scope is global:all");
  return text as Scope;
}

export function scopeOf(dimension: string, value: string): Scope {
  return `${dimension}:${value}` as Scope;
}

export function dimensionOf(of: Scope): string {
  return of.slice(0, of.indexOf(":"));
}

export function scopeValueOf(of: Scope): string {
  return of.slice(of.indexOf(":") + 1);
}

/** The value of a metric in one of the named dimensions. */
export function dimensionValue(metric: AIUsageMetric, dimension: NamedDimension): string | undefined {
  switch (dimension) {
    case "service":
      return metric.service;
    case "model":
      return metric.model;
    case "user":
      return metric.userId;
    case "team":
      return metric.team;
    case "job":
      return metric.jobId;
    case "feature":
      return metric.feature;
    case "environment":
      return metric.environment;
    default:
      return dimension satisfies never;
  }
}

/** Whether `name` may be a dimension taken from metadata: well formed, and none that metrics have as a field. */
export function isCustomDimension(name: string): boolean {
  return DIMENSION.test(name) && name !== "global" && !(namedDimensions as readonly string[]).includes(name);
}

/** Custom scopes of a metric: one for each of `metadataKeys` that its metadata holds with a value fit for a name. */
export function customScopesOf(
  { metadata }: Pick<AIUsageMetric, "metadata">,
  metadataKeys: readonly string[],
): Scope[] {
  const scopes: Scope[] = [];
  for (const key of metadataKeys) {
    const value = Object.hasOwn(metadata, key) ? String(metadata[key]) : "";
    if (isCustomDimension(key) && nameProblem(value) === undefined) scopes.push(scopeOf(key, value));
  }
  return scopes;
}

/** Every scope that a metric counts in, the global one first. */
export function scopesOf(metric: AIUsageMetric, customScopes: readonly string[]): Scope[] {
  const scopes = [GLOBAL_SCOPE];
  for (const dimension of namedDimensions) {
    const value = dimensionValue(metric, dimension);
    if (value !== undefined) scopes.push(scopeOf(dimension, value));
  }
  for (const { model } of metric.alsoUsed ?? []) {
    const scope = scopeOf("model", model);
    if (!scopes.includes(scope)) scopes.push(scope);
  }
  for (const custom of customScopes) scopes.push(custom as Scope);
  return scopes;
}
