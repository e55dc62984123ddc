import Table from "cli-table3";
import type { Colors } from "../context.ts";
import { printable } from "./format.ts";

export interface Column<Row> {
  readonly head: string;
  readonly align?: "left" | "right";
  cell(row: Row): string;
}

const none = "";
// No lines: columns stay readable in a log, and one row is one line for grep.
const chars = {
  top: none,
  "top-mid": none,
  "top-left": none,
  "top-right": none,
  bottom: none,
  "bottom-mid": none,
  "bottom-left": none,
  "bottom-right": none,
  left: none,
  "left-mid": none,
  mid: none,
  "mid-mid": none,
  right: none,
  "right-mid": none,
  middle: "  ",
};

export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], colors: Colors): string {
  const head = columns.map(({ head }) => colors.dim(head));
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
  return layOut(
    [head, ...cells],
    columns.map(({ align = "left" }) => align),
  );
}

/** Columns of finished text, which may be coloured; the first one cut to `firstWidth`. */
export function layOut(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[],
  firstWidth?: number,
): string {
  const laidOut = new Table({
    chars,
    colAligns: [...aligns],
    colWidths: firstWidth === undefined ? [] : [firstWidth],
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  laidOut.push(...rows.map((row) => [...row]));
  return laidOut
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
