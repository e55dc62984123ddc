import Table from "cli-table3";
import type { Colors, Style } from "../context.ts";
import { printable } from "./format.ts";

export interface Column<Row> {
  readonly head: string;
  readonly align?: "left" | "right";
  /** May lose its end in a `fittingTable` that has no room for it. */
  readonly cuts?: boolean;
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

/** As `table`, no wider than a terminal where columns may be cut for it. What goes elsewhere stays whole. */
export function fittingTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { colors, cutAt = Number.POSITIVE_INFINITY }: Style,
): string {
  const head = columns.map((column) => colors.dim(column.head));
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
  const natural = columns.map(({ head }, index) =>
    // A column is one wide at least, even when there is nothing in it.
    cells.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), Math.max(1, head.length)),
  );
  return layOut(
    [head, ...cells],
    columns.map(({ align = "left" }) => align),
    fittingWidths(columns, natural, cutAt),
  );
}

const CUT_COLUMNS_MIN = 12;

/** The widest of the columns that may be cut give way first; the others, and those that keep their width, are undefined. */
function fittingWidths(
  columns: readonly Column<never>[],
  natural: readonly number[],
  room: number,
): (number | undefined)[] {
  const widths = [...natural];
  const gaps = (columns.length - 1) * chars.middle.length;
  let over = widths.reduce((sum, width) => sum + width, gaps) - room;
  while (over > 0) {
    const cuttable = columns.flatMap(({ cuts }, index) => (cuts ? [index] : []));
    const widest = Math.max(...cuttable.map((index) => widths[index] ?? 0));
    const chosen = cuttable.find((index) => widths[index] === widest);
    if (chosen === undefined || widest <= CUT_COLUMNS_MIN) break;
    widths[chosen] = widest - 1;
    over -= 1;
  }
  return widths.map((width, index) => (width < (natural[index] ?? 0) ? width : undefined));
}

/** Columns of finished text, which may be coloured, cut to the widths that are given. */
export function layOut(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[],
  widths: readonly (number | undefined)[] = [],
): string {
  const laidOut = new Table({
    chars,
    colAligns: [...aligns],
    // Null leaves the width to the library.
    colWidths: widths.map((width) => width ?? null),
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  laidOut.push(...rows.map((row) => [...row]));
  return laidOut
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
