import type { Style } from "../context.ts";
import { printable } from "./format.ts";
import { layOut } from "./table.ts";

export interface Bar {
  readonly label: string;
  /** What is printed beside the label: exact, where `size` only gives the length. */
  readonly value: string;
  readonly size: number;
}

const LABEL_COLUMNS_MAX = 36;
const BAR_COLUMNS_MIN = 10;
const BAR_COLUMNS_MAX = 60;

/** One line a bar, the longest as long as the terminal allows; nothing when all are zero. */
export function barChart(bars: readonly Bar[], { colors, columns }: Style): string {
  const largest = Math.max(...bars.map(({ size }) => size));
  if (!(largest > 0)) return "";
  const labelColumns = Math.max(...bars.map(({ label }) => label.length));
  const valueColumns = Math.max(...bars.map(({ value }) => value.length));
  const room = columns - Math.min(labelColumns, LABEL_COLUMNS_MAX) - valueColumns - 4;
  const barColumns = Math.min(Math.max(room, BAR_COLUMNS_MIN), BAR_COLUMNS_MAX);
  const rows = bars.map(({ label, value, size }) => [
    printable(label),
    value,
    colors.cyan(blocks(size / largest, barColumns)),
  ]);
  return layOut(rows, ["left", "right", "left"], labelColumns > LABEL_COLUMNS_MAX ? [LABEL_COLUMNS_MAX] : []);
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar to an eighth of a column; anything above zero shows. */
export function blocks(fraction: number, columns: number): string {
  if (!(fraction > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, fraction) * columns * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** How full something is: `██████▌░░░`. */
export function gauge(fraction: number, columns: number): string {
  return blocks(fraction, columns).padEnd(columns, "░");
}
