import type { TrackerProblem } from "./delivery/delivery.ts";

const SILENT_MS = 60_000;

/**
 * Writes problems to stderr, a line for each, of one kind at most one a minute.
 *
 * @param write @default process.stderr
 * @param now epoch milliseconds. @default Date.now
 */
export function problemsOnStderr({
  write = (line: string) => void process.stderr.write(line),
  now = Date.now,
}: {
  readonly write?: (line: string) => void;
  readonly now?: () => number;
} = {}): (problem: TrackerProblem) => void {
  const toldAt = new Map<TrackerProblem["kind"], number>();
  return ({ kind, count, error }) => {
    const last = toldAt.get(kind);
    if (last !== undefined && now() - last < SILENT_MS) return;
    toldAt.set(kind, now());
    const about = count === undefined ? "" : ` (${count} ${count === 1 ? "metric" : "metrics"})`;
    write(`ai-usage: ${kind}${about}: ${error.message.replace(/\s+/g, " ")}\n`);
  };
}
