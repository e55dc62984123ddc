/** What a reader of an HTML mail sees, in order. */
export function seen(html: string): string {
  const body = html.slice(html.indexOf("<body"));
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return body
    .replace(/<[^>]*>/g, " ")
    .replace(/&([a-z]+|#39);/g, (_, name: string) => entities[name] ?? "?")
    .replace(/\s+/g, " ")
    .trim();
}
