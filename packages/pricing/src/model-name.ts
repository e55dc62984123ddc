/** `gpt-4o-2024-08-06`, `claude-sonnet-4@20250514`, `gemini-2.0-flash-001`, `claude-3-opus-latest`. */
const SNAPSHOT_SUFFIX = /(?:[-@](?:\d{4}-\d{2}-\d{2}|\d{8})|-\d{3}|[-@]latest)$/;

export function normalizeName(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * The names under which a price may be listed, the most exact first: as sent, without a path (`models/gemini-2.5-pro`,
 * `openai/gpt-4o`), and as the family of a dated snapshot.
 */
export function listedNames(name: string): string[] {
  const sent = normalizeName(name);
  const bare = withoutPath(sent);
  return [...new Set([sent, bare, bare.replace(SNAPSHOT_SUFFIX, "")])];
}

function withoutPath(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Whether an answer's model is the one that was asked for: by the same name, or a snapshot of the family. */
export function isServedAs(asked: string, served: string): boolean {
  return asked === served || listedNames(served).includes(withoutPath(normalizeName(asked)));
}

export function isGlob(name: string): boolean {
  return name.includes("*");
}

/** How much of a glob is said: the longer, the more exact. */
export function literalLength(glob: string): number {
  return glob.replaceAll("*", "").length;
}

/** Whether there is a text that both match. */
export function globsMeet(a: string, b: string): boolean {
  if (!isGlob(a)) return matchesGlob(b, a);
  if (!isGlob(b)) return matchesGlob(a, b);
  // What stands between two `*` has room in every text: the beginnings and the ends alone can differ.
  const [startA, startB] = [a.slice(0, a.indexOf("*")), b.slice(0, b.indexOf("*"))];
  const [endA, endB] = [a.slice(a.lastIndexOf("*") + 1), b.slice(b.lastIndexOf("*") + 1)];
  return (
    (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA))
  );
}

/** @param glob `*` stands for any text, none included: `gpt-4o`, `ft:gpt-4o*`, `*claude-opus-4-6*` */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split("*");
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Whether a name that is asked for means one of `names`, patterns among them. */
export function isNamed(names: readonly string[], asked: string): boolean {
  const asks = listedNames(asked);
  return names.some((name) =>
    isGlob(name) ? asks.some((one) => matchesGlob(name, one)) : asks.includes(name),
  );
}
