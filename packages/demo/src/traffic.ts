import { createHash } from "node:crypto";
import type { TraceRow } from "./trace.ts";

/** A metric as `POST /ai_usage` takes it. */
export interface WireMetric {
  readonly request_id: string;
  readonly service: string;
  readonly model: string;
  readonly operation: string;
  readonly timestamp: string;
  readonly usage: { readonly input: number; readonly cache_read?: number; readonly output: number };
  readonly latency_ms: number;
  readonly user_id: string;
  readonly team: string;
  readonly feature: string;
  readonly environment: string;
  readonly job_id?: string;
  readonly metadata?: { readonly project: string };
}

const models = [
  { service: "openai", model: "gpt-4o", weight: 25 },
  { service: "openai", model: "gpt-4o-mini", weight: 35 },
  { service: "anthropic", model: "claude-3-5-sonnet-20241022", weight: 20 },
  { service: "google", model: "gemini-2.5-flash", weight: 20 },
] as const;

const teams = [
  { team: "editor", feature: "code_completion", users: ["ada", "grace", "linus"], weight: 50 },
  { team: "review", feature: "code_review", users: ["barbara", "edsger"], weight: 30 },
  { team: "support", feature: "answer_draft", users: ["katherine"], weight: 20 },
] as const;

/** A run of the review team's job takes its requests out of this many rows. */
const ROWS_PER_JOB = 1_000;

/**
 * Turns the trace into the metrics of an organisation: who called which model for what is laid over each row by a hash
 * of its number, so it is the same every time; times keep their distances and end at `endMs`.
 */
export function trafficOf(rows: readonly TraceRow[], endMs: number, idPrefix = "trace"): WireMetric[] {
  const lastOffset = rows.at(-1)?.offsetMs ?? 0;
  return rows.map((row, index) => {
    const dice = createHash("sha256").update(`row ${index}`).digest();
    const { service, model } = pick(models, dice.readUInt16BE(0));
    const { team, feature, users } = pick(teams, dice.readUInt16BE(2));
    // The smaller of two throws: some users call far more than others.
    const user =
      users[Math.min(dice.readUInt8(4) % users.length, dice.readUInt8(5) % users.length)] ?? users[0];
    const cached = team === "review" ? Math.floor(row.contextTokens / 2) : 0;
    const inJob = team === "review" && dice.readUInt8(6) < 64;
    return {
      request_id: `${idPrefix}-${String(index).padStart(6, "0")}`,
      service,
      model,
      operation: team === "support" ? "chat" : "completion",
      timestamp: new Date(endMs - lastOffset + row.offsetMs).toISOString(),
      usage: {
        input: row.contextTokens - cached,
        ...(cached > 0 && { cache_read: cached }),
        output: row.generatedTokens,
      },
      latency_ms: 200 + row.generatedTokens * 20 + Math.floor(row.contextTokens / 20),
      user_id: user,
      team,
      feature,
      environment: inJob ? "batch" : "production",
      ...(inJob && {
        job_id: `nightly-review-${Math.floor(index / ROWS_PER_JOB)}`,
        metadata: { project: "nightly-review" },
      }),
    };
  });
}

function pick<T extends { readonly weight: number }>(choices: readonly T[], dice: number): T {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let left = dice % total;
  const chosen = choices.find((choice) => {
    left -= choice.weight;
    return left < 0;
  });
  if (!chosen) throw new RangeError("weights must be positive");
  return chosen;
}
