import type { UsageUnit } from "../usage.ts";

const NAME_LENGTH_MAX = 61;
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const COUNTED =
  /(^|_)(tokens?|counts?|requests?|searches|queries|calls?|seconds|minutes|hours|characters|chars|pages|images?|videos?|units|sources|messages|sessions|documents|classifications|fetched|used)$/;

/** A name that can be told: anything else is no name a provider would give, and may be text of the call. */
export function isPlainName(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** The name of a member as it stands in the name of a unit: `serverToolUse` is `server_tool_use`. */
function nameInUnit(name: string): string {
  return isPlainName(name) ? inSnakeCase(name) : "unnamed_count";
}

/** Whether a number of that name counts something; times, prices and ratios do not. */
export function isCountName(name: string): boolean {
  return COUNTED.test(inSnakeCase(name));
}

function inSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

/**
 * A unit for a count that nobody knows, named by where it stands: `x_prompt_tokens_details_smell_tokens`.
 *
 * @param place names of the members that lead to it
 */
export function unknownUnit(place: readonly string[]): UsageUnit {
  return `x_${place.map(nameInUnit).join("_").slice(0, NAME_LENGTH_MAX)}`;
}
