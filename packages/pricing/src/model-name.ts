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
  const bare = sent.slice(sent.lastIndexOf("/") + 1);
  return [...new Set([sent, bare, bare.replace(SNAPSHOT_SUFFIX, "")])];
}
