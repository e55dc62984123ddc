import { BlockList, isIPv4, isIPv6 } from "node:net";
import { InvalidEventPatternError } from "./errors.ts";

/** Whether one scalar of an event matches. */
export type ValueMatcher = (value: unknown) => boolean;

type Operand = unknown;

/** The operators that look at a value; `exists` is about its place and is handled where places are. */
const OPERATORS: Readonly<Record<string, (operand: Operand, path: string) => ValueMatcher>> = {
  prefix: (operand, path) => affix(operand, path, (value, part) => value.startsWith(part)),
  suffix: (operand, path) => affix(operand, path, (value, part) => value.endsWith(part)),
  "equals-ignore-case": equalsIgnoreCase,
  "anything-but": anythingBut,
  numeric,
  cidr,
  wildcard,
};

/** One element of a pattern's list: a literal, or an object with one operator. */
export function compileValueMatcher(element: unknown, path: string): ValueMatcher {
  if (isLiteral(element)) return (value) => value === element;
  const [operator, operand] = onlyEntry(element, path);
  const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (compile === undefined) throw new InvalidEventPatternError(path, `unknown operator "${operator}"`);
  return compile(operand, `${path}.${operator}`);
}

export function onlyEntry(element: unknown, path: string): [string, unknown] {
  const entries = typeof element === "object" && element !== null ? Object.entries(element) : [];
  const [entry] = entries;
  if (Array.isArray(element) || entry === undefined || entries.length > 1) {
    throw new InvalidEventPatternError(
      path,
      "expected a string, number, boolean, null or an object with one operator",
    );
  }
  return entry;
}

function isLiteral(element: unknown): element is string | number | boolean | null {
  return element === null || ["string", "number", "boolean"].includes(typeof element);
}

function affix(
  operand: Operand,
  path: string,
  matches: (value: string, part: string) => boolean,
): ValueMatcher {
  if (typeof operand === "string") return (value) => typeof value === "string" && matches(value, operand);
  const [operator, inner] = onlyEntry(operand, path);
  if (operator !== "equals-ignore-case")
    throw new InvalidEventPatternError(path, `unknown operator "${operator}"`);
  const part = text(inner, path).toLowerCase();
  return (value) => typeof value === "string" && matches(value.toLowerCase(), part);
}

function equalsIgnoreCase(operand: Operand, path: string): ValueMatcher {
  const expected = text(operand, path).toLowerCase();
  return (value) => typeof value === "string" && value.toLowerCase() === expected;
}

/** Literals (one or a list), or prefix, suffix, wildcard and equals-ignore-case, each with a string or a list of them. */
function anythingBut(operand: Operand, path: string): ValueMatcher {
  const excluded = anythingButMatchers(operand, path);
  return (value) => !excluded.some((matches) => matches(value));
}

function anythingButMatchers(operand: Operand, path: string): ValueMatcher[] {
  const elements = nonEmptyList(operand, path);
  if (elements.every(isLiteral)) return elements.map((element) => (value) => value === element);
  const [operator, inner] = onlyEntry(operand, path);
  const allowed = ["prefix", "suffix", "wildcard", "equals-ignore-case"];
  if (!allowed.includes(operator)) throw new InvalidEventPatternError(path, `unknown operator "${operator}"`);
  return nonEmptyList(inner, path).map((part) => compileValueMatcher({ [operator]: text(part, path) }, path));
}

function nonEmptyList(operand: unknown, path: string): unknown[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new InvalidEventPatternError(path, "expected at least one value");
  return list;
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** `["<", 10]` or a range, `[">", 0, "<=", 5]`. */
function numeric(operand: Operand, path: string): ValueMatcher {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new InvalidEventPatternError(path, "expected one or two pairs of comparison and number");
  }
  const bounds = [operand.slice(0, 2), operand.slice(2)].filter((pair) => pair.length === 2);
  const comparisons = bounds.map(([operator, bound]: unknown[]) => {
    const compare = typeof operator === "string" ? COMPARISONS[operator] : undefined;
    if (compare === undefined || typeof bound !== "number") {
      throw new InvalidEventPatternError(
        path,
        `cannot compare by ${JSON.stringify(operator)} ${JSON.stringify(bound)}`,
      );
    }
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === "number" && comparisons.every((holds) => holds(value));
}

function cidr(operand: Operand, path: string): ValueMatcher {
  const [network = "", bits] = text(operand, path).split("/");
  const family = isIPv4(network) ? "ipv4" : "ipv6";
  const maximum = family === "ipv4" ? 32 : 128;
  if (!isIPv4(network) && !isIPv6(network))
    throw new InvalidEventPatternError(path, `"${network}" is no IP address`);
  if (bits === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > maximum) {
    throw new InvalidEventPatternError(path, `expected a prefix length from 0 to ${maximum}`);
  }
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return (value) =>
    typeof value === "string" &&
    (family === "ipv4" ? isIPv4(value) : isIPv6(value)) &&
    list.check(value, family);
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(operand: Operand, path: string): ValueMatcher {
  const pattern = text(operand, path);
  const parts = Array.from(pattern.matchAll(/\\[*\\]|./gsu), ([part]) => part);
  if (parts.includes("\\")) throw new InvalidEventPatternError(path, "a backslash escapes only * and \\");
  if (parts.some((part, i) => part === "*" && parts[i + 1] === "*")) {
    throw new InvalidEventPatternError(path, "consecutive wildcards");
  }
  const source = parts.map((part) => (part === "*" ? ".*" : escapeRegExp(part.replace(/^\\/u, "")))).join("");
  const expression = new RegExp(`^${source}$`, "su");
  return (value) => typeof value === "string" && expression.test(value);
}

function escapeRegExp(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&");
}

function text(operand: unknown, path: string): string {
  if (typeof operand !== "string") throw new InvalidEventPatternError(path, "expected a string");
  return operand;
}
