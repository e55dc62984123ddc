import type { MetricInput } from "@ai-usage/client/leases";
import { parseFixedPoint } from "@ai-usage/core/exact";
import type { TrackerProblem } from "../../delivery/delivery.ts";
import { TrackerConfigurationError } from "../../environment/configuration-error.ts";
import type { CircuitChange, CircuitLimits, Share } from "./circuit.ts";
import type { CircuitOpenError } from "./circuit-open-error.ts";
import type { ModelPrices } from "./metric-cost.ts";

export interface CostProtectionOptions<Parameters extends readonly unknown[], Answer, Fallback = never> {
  /** Opens at so many calls that failed, if they are such a share of all calls in the window. @default 5 and 0.5 */
  readonly failures?: Partial<Share> | false;
  /** Opens at so many slow calls, if they are such a share of all calls in the window. @default no call is too slow; 5 and 0.5 */
  readonly latency?: { readonly slowMs: number } & Partial<Share>;
  /** Opens when calls have spent so much within a minute, until that is a minute ago. @default they may spend what they will */
  readonly spend?: SpendLimit<Answer>;
  /** In which failures and slow calls are counted. @default 60000 */
  readonly windowMs?: number;
  /** How long it stays open after failures and slow calls, until one call is made to see. @default 30000 */
  readonly openMs?: number;
  /** Which errors say that the provider is in trouble; refusals by budgets never do. @default 408, 429, 5xx, no connection, no answer in time */
  readonly isFailure?: (error: unknown) => boolean;
  /** Answers calls that are not made. @default they fail with CircuitOpenError */
  readonly fallback?: (
    error: CircuitOpenError,
    ...parameters: Parameters
  ) => Fallback | PromiseLike<Fallback>;
  readonly onStateChange?: (change: CircuitChange) => void;
  /** Told when one of these functions fails. @default a line on stderr */
  readonly onProblem?: (problem: TrackerProblem) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface SpendLimit<Answer> {
  /** US dollars as exact text: `"2.50"` */
  readonly usdPerMinute: string;
  /** What a call cost, by its answer, in US dollars as exact text. What is not known counts as nothing. */
  readonly costOf?: (answer: Answer) => string | undefined;
  /**
   * Without it: what calls of a tracked client cost that are made inside, by their metrics. Of a stream there is one when it ends.
   * @default the cost that the provider tells, which few do, or else what `prices` come to
   */
  readonly costOfMetric?: (metric: MetricInput) => string | undefined;
  /** US dollars for one of a unit, by model: `{ "gpt-4o": { input: "0.0000025", output: "0.00001" } }`. @default none */
  readonly prices?: ModelPrices;
}

const DEFAULT: Share = { count: 5, share: 0.5 };
const WINDOW_MS = 60_000;
const OPEN_MS = 30_000;

/** @throws TrackerConfigurationError naming what cannot be */
export function limitsOf<Parameters extends readonly unknown[], Answer, Fallback>(
  options: CostProtectionOptions<Parameters, Answer, Fallback>,
): CircuitLimits {
  const { failures = {}, latency, spend, windowMs = WINDOW_MS, openMs = OPEN_MS } = options;
  const usdPerMinute = spend && parseFixedPoint(spend.usdPerMinute);
  const limits: CircuitLimits = {
    ...(failures !== false && { failures: { ...DEFAULT, ...failures } }),
    ...(latency !== undefined && { latency: { ...DEFAULT, ...latency } }),
    ...(usdPerMinute !== undefined && { usdPerMinute }),
    ...{ windowMs, openMs },
  };
  const problems: string[] = [];
  const check = (isRight: boolean, problem: string) => void (isRight || problems.push(problem));
  for (const name of ["failures", "latency"] as const) {
    const { count, share } = limits[name] ?? DEFAULT;
    check(Number.isInteger(count) && count >= 1, `${name}.count must be a whole number from 1 on`);
    check(share >= 0 && share <= 1, `${name}.share must be from 0 to 1`);
  }
  check(latency === undefined || latency.slowMs > 0, "latency.slowMs must be above 0");
  check(windowMs > 0 && openMs > 0, "windowMs and openMs must be above 0");
  check(
    spend === undefined || (usdPerMinute ?? 0n) > 0n,
    'spend.usdPerMinute must be an amount above 0, "2.50"',
  );
  if (problems.length > 0) throw new TrackerConfigurationError(problems);
  return limits;
}
