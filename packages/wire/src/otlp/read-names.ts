import { attributionNames, METADATA } from "./attribution.ts";
import { conventionalNames, USAGE } from "./conventions.ts";
import { tellingNames } from "./model-calls.ts";
import { EXCEPTION_TYPE } from "./span.ts";

const names: ReadonlySet<string> = new Set([
  ...conventionalNames,
  ...tellingNames,
  ...attributionNames,
  EXCEPTION_TYPE,
]);

/**
 * Whether an attribute is looked at. Others are skipped where they stand, so that what was said to a model and what it
 * answered never gets further than the body that it came in.
 */
export function isRead(name: string): boolean {
  return names.has(name) || name.startsWith(USAGE) || name.startsWith(METADATA);
}
