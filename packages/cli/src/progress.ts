import type { Output } from "./context.ts";

const COLUMNS_DEFAULT = 80;

/** One line that is written over as work goes on; on a terminal alone. */
export function createProgress(output: Output) {
  let shown = "";
  return {
    show(text: string): void {
      if (output.isTTY !== true) return;
      // A line that wraps could not be written over.
      const line = text.slice(0, (output.columns || COLUMNS_DEFAULT) - 1);
      if (line === shown) return;
      output.write(`\r${line.padEnd(shown.length)}`);
      shown = line;
    },
    /** Leaves the line, so that what is written next has its own. */
    end(): void {
      if (shown !== "") output.write("\n");
      shown = "";
    },
  };
}
