import { setTimeout as wait } from "node:timers/promises";
import { type AIUsageClient, ApiError, type RestatementReport, UnreachableError } from "@ai-usage/client";
import type { CommandContext } from "../../context.ts";
import { createProgress } from "../../progress.ts";
import { progressLine } from "../../render/restatements.ts";

const POLL_MS = 1000;
/** In a row, each with the client's own attempts: about ten minutes. */
const INTERRUPTIONS_MAX = 120;

/**
 * Asks how far it is until it is done. A connection that breaks does not end it: it goes on where it runs, and is asked
 * about again.
 */
export async function followRestatement(
  begun: RestatementReport,
  client: AIUsageClient,
  { io, clock, pollDelayMs = POLL_MS }: CommandContext,
): Promise<RestatementReport> {
  const progress = createProgress(io.stderr);
  let report = begun;
  let interruptions = 0;
  try {
    while (report.state === "running") {
      progress.show(progressLine(report, { now: clock(), isInterrupted: interruptions > 0 }));
      await wait(pollDelayMs);
      try {
        report = await client.restatement(begun.restatement_id);
        interruptions = 0;
      } catch (error) {
        interruptions += 1;
        if (!mayPass(error) || interruptions > INTERRUPTIONS_MAX) throw error;
      }
    }
  } finally {
    progress.end();
  }
  return report;
}

function mayPass(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}
