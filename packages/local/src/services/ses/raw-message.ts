/** The header fields of a raw message that the inbox lists, unfolded. Its body stays as it was sent. */
export function readHeaderFields(raw: string): ReadonlyMap<string, string> {
  const [head = ""] = raw.split(/\r?\n\r?\n/, 1);
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

/** @param field `one@example.com, Two <two@example.com>` */
export function readAddresses(field: string | undefined): string[] {
  return (field ?? "")
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}
