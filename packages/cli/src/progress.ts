import type { Output } from "./context.ts";

/** One line that is written over as work goes on; on a terminal alone. */
export function createProgress(output: Output) {
  let shown = false;
  return {
    show(text: string): void {
      if (output.isTTY !== true) return;
      shown = true;
      output.write(`\r${text}`);
    },
    /** Leaves the line, so that what is written next has its own. */
    end(): void {
      if (shown) output.write("\n");
      shown = false;
    },
  };
}
