import { text } from "node:stream/consumers";
import { type BudgetSet, type FileProblem, parseBudgetFile } from "@ai-usage/client/budgets-as-code";
import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { CommandContext } from "./context.ts";
import { NotDoneError, UsageError } from "./failures.ts";
import { openInput } from "./input-file.ts";
import { printable } from "./render/format.ts";

/**
 * Reads budgets as code: YAML, of which JSON is a part.
 * @throws NotDoneError that says what is wrong with the file, each thing with its line and column
 */
export async function readBudgetFile(
  file: string,
  context: Pick<CommandContext, "io" | "cwd">,
): Promise<BudgetSet> {
  const source = await textOf(file, context);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const name = file === "-" ? "standard input" : file;
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw wrongFile(document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`));
  }
  const parsed = parseBudgetFile(contentOf(document, name));
  if ("set" in parsed) return parsed.set;
  throw wrongFile(
    parsed.problems.map((problem) => {
      const field = pathText(problem.path);
      return `${at(offsetOf(document, problem))}: ${field === "" ? "the file" : field} ${problem.message}`;
    }),
  );
}

const ALIASES_MAX = 100;

/** @throws NotDoneError where it refers to what is not there, or to so much that it would not end */
function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (error instanceof ReferenceError) throw wrongFile([`${name}: ${error.message}`]);
    throw error;
  }
}

async function textOf(file: string, context: Pick<CommandContext, "io" | "cwd">): Promise<string> {
  try {
    return await text(await openInput(file, context));
  } catch (error) {
    // These commands say by exit code 2 that there are differences.
    throw error instanceof UsageError ? new NotDoneError(error.message) : error;
  }
}

const wrongFile = (problems: readonly string[]): NotDoneError =>
  new NotDoneError(printable(`the file is not what budgets are kept in\n${problems.join("\n")}`));

/** Where what is wrong stands; of what is missing, where it would be. */
function offsetOf(document: Document, { path }: FileProblem): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = path.slice(0, length);
    const key = keyOffset(document, found);
    if (key !== undefined) return key;
    const node = document.getIn(found, true);
    if (hasRange(node)) return node.range[0];
  }
  return undefined;
}

/** Of a field, its name: that is what one looks for. */
function keyOffset(document: Document, path: readonly (string | number)[]): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  if (!isMap(parent) || name === undefined) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return pair && hasRange(pair.key) ? pair.key.range[0] : undefined;
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/** `budgets[3].thresholds[0]` */
function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${part}`))
    .join("");
}
