import type { SourceMatch } from "./source-format.ts";

/** `^gpt-5\.6-luna-\d{4}-\d{2}-\d{2}$`: a name and the date of a snapshot, which the price book takes off by itself. */
const SNAPSHOTS = /^\^([\w.\-/\\]+?)-(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\})\$$/;

export interface ImportedNames {
  /** In lower case; `*` stands for any text. */
  readonly names: readonly string[];
  /** Conditions that no name expresses. */
  readonly untold: readonly SourceMatch[];
}

export function namesOf(match: SourceMatch): ImportedNames {
  if ("or" in match) {
    const parts = match.or.map(namesOf);
    return {
      names: [...new Set(parts.flatMap(({ names }) => names))],
      untold: parts.flatMap(({ untold }) => untold),
    };
  }
  const name = nameOf(match)?.toLowerCase();
  return name === undefined
    ? { names: [], untold: [match] }
    : { names: withoutNextVersion(name), untold: [] };
}

/**
 * Claude's minor version follows the major one after a dash, so `claude-sonnet-5*` would price Sonnet 5.5 as Sonnet 5
 * until somebody lists it. Snapshots and Bedrock's revisions are meant; those are named instead.
 */
const MAJOR_VERSION = /claude-[a-z]+-\d\*$/;

function withoutNextVersion(name: string): string[] {
  if (!MAJOR_VERSION.test(name)) return [name];
  const version = name.slice(0, -1);
  return [version, `${version}-2*`, `${version}-v*`, `${version}@*`, `${version}:*`];
}

function nameOf(match: Exclude<SourceMatch, { or: readonly SourceMatch[] }>): string | undefined {
  if ("equals" in match) return match.equals;
  if ("starts_with" in match) return `${match.starts_with}*`;
  if ("ends_with" in match) return `*${match.ends_with}`;
  if ("contains" in match) return `*${match.contains}*`;
  if ("regex" in match) return SNAPSHOTS.exec(match.regex)?.[1]?.replaceAll("\\", "");
  return undefined;
}
