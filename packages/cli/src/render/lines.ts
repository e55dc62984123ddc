import type { Colors } from "../context.ts";
import { printable } from "./format.ts";
import { layOut } from "./table.ts";

/** What something says, one line each: names dimmed, values below each other. Those without a value are left out. */
export function factLines(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  colors: Colors,
): string {
  const rows = facts.flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[`  ${colors.dim(name)}`, printable(value)]],
  );
  return rows.length === 0 ? "" : layOut(rows, ["left", "left"]);
}
