import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import type { Bundle } from "./bundles.ts";
import type { ModelCall } from "./price-library.ts";

const probe = fileURLToPath(new URL("start-up-probe.mjs", import.meta.url));

/** Of a model that everyone knows. */
const firstCall: ModelCall = {
  provider: "openai",
  model: "gpt-4o",
  at: "2025-06-02T12:00:00Z",
  tokens: { input: 1_000, output: 100 },
};

const startSchema = z.object({
  cost: z.union([z.string(), z.number()]),
  cpuMs: z.number(),
  wallMs: z.number(),
  /** What the process grew by, garbage included. */
  residentBytes: z.number(),
  /** What of the JavaScript heap is in use afterwards. */
  heapBytes: z.number(),
});
export type Start = z.infer<typeof startSchema>;

/**
 * Loads every bundle and prices a first call, each time in a fresh process and in turns.
 * @returns by bundle: what it took, beyond what an idle process takes, one for each round
 */
export async function measureStarts(bundles: readonly Bundle[], rounds: number): Promise<Start[][]> {
  const starts = bundles.map((): Start[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { path }] of bundles.entries()) starts[index]?.push(await start(path));
  }
  return starts;
}

async function start(path: string): Promise<Start> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    probe,
    path,
    JSON.stringify(firstCall),
  ]);
  return startSchema.parse(JSON.parse(stdout));
}
