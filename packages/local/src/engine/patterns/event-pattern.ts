import { InvalidEventPatternError } from "./errors.ts";
import { compileValueMatcher, onlyEntry, type ValueMatcher } from "./value-matchers.ts";

/** Whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern, which is also the language of Lambda's event filters.
 *
 * An object asks for all of its fields, `$or` for one of its alternatives, a list for one of its elements. A list in the
 * event matches when one of its elements does; a list of objects when one object has all that the pattern asks for.
 * @throws InvalidEventPatternError
 */
export function compilePattern(pattern: unknown): EventMatcher {
  return compileObject(pattern, "");
}

function compileObject(pattern: unknown, path: string): EventMatcher {
  if (!isObject(pattern)) throw new InvalidEventPatternError(path, "expected an object or a list");
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidEventPatternError(path, "expected at least one field");
  const conditions = entries.map(([field, inner]) => {
    const innerPath = path === "" ? field : `${path}.${field}`;
    return field === "$or" && isAlternatives(inner)
      ? compileOr(inner, path, innerPath)
      : compileField(field, inner, innerPath);
  });
  return (event) => conditions.every((holds) => holds(event));
}

/** A field that happens to be named `$or` holds literals or operators; alternatives are two or more objects of fields. */
function isAlternatives(inner: unknown): inner is unknown[] {
  return Array.isArray(inner) && inner.length > 1 && inner.every(isObject);
}

function compileOr(alternatives: unknown[], path: string, orPath: string): EventMatcher {
  const matchers = alternatives.map((alternative, i) => {
    if (isObject(alternative) && Object.keys(alternative).length > 0) return compileObject(alternative, path);
    throw new InvalidEventPatternError(`${orPath}[${i}]`, "expected at least one field");
  });
  return (event) => matchers.some((matches) => matches(event));
}

function compileField(field: string, pattern: unknown, path: string): EventMatcher {
  if (Array.isArray(pattern)) {
    const matches = compileList(pattern, path);
    return (event) => matches(fieldOf(event, field));
  }
  const matches = compileObject(pattern, path);
  return (event) => {
    const value = fieldOf(event, field);
    // An absent object still has fields that can be asked to be absent: {"a": {"b": [{"exists": false}]}}.
    return Array.isArray(value) ? value.some(matches) : matches(value);
  };
}

function compileList(elements: unknown[], path: string): EventMatcher {
  if (elements.length === 0) throw new InvalidEventPatternError(path, "expected at least one value");
  const matchers = elements.map((element, i) => compileElement(element, `${path}[${i}]`));
  return (value) => {
    const scalars = scalarsOf(value);
    return matchers.some((matches) => matches(scalars));
  };
}

/** What one element of a list asks of the scalars at its place; a place that holds none is absent. */
function compileElement(element: unknown, path: string): (scalars: unknown[]) => boolean {
  if (isObject(element) && Object.hasOwn(element, "exists")) {
    const [, expected] = onlyEntry(element, path);
    if (typeof expected !== "boolean") throw new InvalidEventPatternError(path, "exists takes true or false");
    return (scalars) => scalars.length > 0 === expected;
  }
  const matches: ValueMatcher = compileValueMatcher(element, path);
  return (scalars) => scalars.some(matches);
}

/** `exists` works on leaves only, so an object counts as absent. */
function scalarsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(scalarsOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function fieldOf(event: unknown, field: string): unknown {
  return isObject(event) && Object.hasOwn(event, field) ? event[field] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
