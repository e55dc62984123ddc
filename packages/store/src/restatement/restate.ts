import {
  addChanges,
  type Budget,
  type Instant,
  type PriceChange,
  type Reprice,
  type Restatement,
  type RestatementSelection,
  type Scope,
  scopesOf,
} from "@ai-usage/core";
import pMap from "p-map";
import { activeBudgetsOf } from "../budgets.ts";
import type { Table } from "../table.ts";
import { findMetrics, metricPage, shrinksAsItIsDone, stepsOf } from "./metric-pages.ts";
import { restateMetric } from "./restate-metric.ts";
import { freshStep, type StepProgress, type StoredRestatement } from "./restatement-item.ts";
import {
  claimRestatement,
  findRestatement,
  finishRestatement,
  fixSteps,
  readSteps,
  releaseRestatement,
  saveStep,
} from "./restatements.ts";

const CONCURRENT_METRICS = 16;

/**
 * Most scopes, and most budgets and periods, that a step lists one by one. A scope takes 400 bytes at most and a budget's
 * period 140: with the ids of a page, that keeps the step's item under DynamoDB's 400 kB.
 */
const LISTED_MAX = 600;

/** What a worker is given to work with. */
export interface RestatementWork {
  /** Names the worker, so that no two are at one restatement. */
  readonly worker: string;
  /** The prices of now. Asked for once a page: they may change while it runs. */
  readonly reprice: (now: Instant) => Promise<Reprice>;
  /** Whether single metrics can be listed by service and day. */
  readonly serviceIndex: boolean;
  readonly clock: () => Instant;
  /** Waits until the clock shows it. */
  readonly waitUntil: (at: Instant) => Promise<void>;
  /** Whether there is time for another page. */
  readonly hasTime: () => boolean;
}

/**
 * Works on a restatement until it is done or the time is up; whoever comes next goes on where it was left, after a kill
 * too. `busy`: somebody else is at it · `left`: there is more to do.
 */
export async function workOnRestatement(
  table: Table,
  restatementId: string,
  work: RestatementWork,
): Promise<"done" | "left" | "busy" | "unknown"> {
  const stored = await findRestatement(table, restatementId);
  if (stored === undefined) return "unknown";
  if (stored.restatement.state !== "running") return "done";
  const claim = () => claimRestatement(table, { restatementId, worker: work.worker, now: work.clock() });
  if (!(await claim())) return "busy";
  if (work.clock() < stored.restatement.startsAt) {
    await work.waitUntil(stored.restatement.startsAt);
    if (!(await claim())) return "busy";
  }
  const outcome = await workOnSteps(table, stored, work, claim);
  if (outcome === "done") await finishRestatement(table, { restatementId, state: "done", now: work.clock() });
  if (outcome === "left") await releaseRestatement(table, restatementId, work.worker);
  return outcome;
}

async function workOnSteps(
  table: Table,
  { restatement, steps: fixed }: StoredRestatement,
  work: RestatementWork,
  claim: () => Promise<boolean>,
): Promise<"done" | "left" | "busy"> {
  const { restatementId, selection } = restatement;
  const steps = fixed ?? (await fixSteps(table, restatementId, await stepsOf(table, selection, work)));
  const known = new Map((await readSteps(table, restatementId)).map((progress) => [progress.step, progress]));
  for (const step of steps) {
    let progress = known.get(step) ?? freshStep(step);
    while (!progress.done) {
      if (!work.hasTime()) return "left";
      if (!(await claim())) return "busy";
      const moved = await workOnPage(table, restatement, progress, work);
      // Somebody took over who thought us dead: theirs now.
      if (moved === undefined) return "busy";
      progress = moved;
    }
  }
  return "done";
}

/** @returns the step after the page, or nothing when another worker was there before */
async function workOnPage(
  table: Table,
  { restatementId, selection, dryRun }: Restatement,
  progress: StepProgress,
  work: RestatementWork,
): Promise<StepProgress | undefined> {
  const now = work.clock();
  const noted = await notePage(table, restatementId, progress, selection);
  if (noted === undefined) return undefined;
  const { pending } = noted;
  const { onlyUnpriced } = selection;
  const page = pending
    ? { metrics: await findMetrics(table, pending.requestIds), next: pending.next }
    : await metricPage(table, noted.step, selection, noted.cursor);
  const reprice = await work.reprice(now);
  const outcomes = await pMap(
    page.metrics,
    (priced) => restateMetric(table, priced, { restatementId, onlyUnpriced, dryRun, reprice, now }),
    { concurrency: CONCURRENT_METRICS },
  );
  const changes = outcomes.filter((change) => change !== undefined);
  const budgets = await budgetsOf(table, changes);
  return saveStep(table, restatementId, {
    step: noted.step,
    version: noted.version,
    done: page.next === undefined,
    cursor: page.next,
    sums: addChanges(noted.sums, { seen: page.metrics.length, changes, budgets }, LISTED_MAX),
  });
}

/** Where a metric leaves the list when it is done, a page is written down first: after a kill it is still known which it was. */
async function notePage(
  table: Table,
  restatementId: string,
  progress: StepProgress,
  selection: RestatementSelection,
): Promise<StepProgress | undefined> {
  if (progress.pending !== undefined || !shrinksAsItIsDone(progress.step)) return progress;
  const { metrics, next } = await metricPage(table, progress.step, selection, progress.cursor);
  const requestIds = metrics.map(({ metric }) => metric.requestId);
  return saveStep(table, restatementId, { ...progress, pending: { requestIds, next } });
}

async function budgetsOf(table: Table, changes: readonly PriceChange[]): Promise<Budget[]> {
  const scopes = new Set<Scope>();
  for (const { metric, customScopes } of changes)
    for (const scope of scopesOf(metric, customScopes)) scopes.add(scope);
  return scopes.size === 0 ? [] : activeBudgetsOf(table, [...scopes]);
}
