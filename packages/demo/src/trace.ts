import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** One request of the trace. */
export interface TraceRow {
  /** Milliseconds since the trace began. */
  readonly offsetMs: number;
  readonly contextTokens: number;
  readonly generatedTokens: number;
}

const TRACE = new URL("../data/azure-llm-inference-2023-code.csv.gz", import.meta.url);

/** All requests of the trace, in order of time. */
export function readTrace(): TraceRow[] {
  const [, ...lines] = gunzipSync(readFileSync(TRACE)).toString("utf8").trim().split(/\r?\n/);
  let start: number | undefined;
  return lines.map((line) => {
    const [time = "", context, generated] = line.split(",");
    // `2023-11-16 18:17:03.9799600`: seven digits of a second, of which milliseconds are kept.
    const at = Date.parse(`${time.slice(0, 23).replace(" ", "T")}Z`);
    start ??= at;
    return { offsetMs: at - start, contextTokens: Number(context), generatedTokens: Number(generated) };
  });
}
