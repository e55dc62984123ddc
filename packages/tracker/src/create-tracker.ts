import type { ApiAddress } from "./api-address.ts";
import type { HardBudgetOptions } from "./budgets/hard-budget.ts";
import { hardBudgetGate } from "./budgets/hard-budget-gate.ts";
import type { UsageContext } from "./context/usage-context.ts";
import { problemsOnStderr } from "./default-problems.ts";
import type { Delivery, DeliveryStatistics, TrackerProblem } from "./delivery/delivery.ts";
import type { Transport } from "./delivery/transport.ts";
import { TrackerConfigurationError } from "./environment/configuration-error.ts";
import { type Environment, trackerOptionsFromEnv } from "./environment/environment.ts";
import { farSide } from "./far-side.ts";
import type { HashKey } from "./privacy/keyed-hash.ts";
import { type Privacy, privacyOf } from "./privacy/privacy.ts";
import { gateForHashedUsers } from "./privacy/user-id-hash.ts";
import type { ProviderWiring } from "./providers/provider.ts";
import type { Gate } from "./recording/gate.ts";
import { startSending, startSendingOutcomes } from "./start-sending.ts";
import { Tracker } from "./tracker.ts";

/** What a gate is made with, so that it asks the API that the tracker knows. */
export interface GateSurroundings {
  /** Absent while none is known, and beside a `transport` or TRACK_TO_FILE unless options or environment name it. */
  readonly api?: ApiAddress;
  readonly onProblem: (problem: TrackerProblem) => void;
}

export interface TrackerOptions {
  /** Output `ApiUrl` of the deployed stack. @default AI_USAGE_API_URL, or else the local stack's that is found from `cwd` upwards */
  readonly apiUrl?: string;
  /** One with the role `ingest`. @default AI_USAGE_TOKEN, or else the local stack's */
  readonly token?: string;
  /**
   * Where metrics go, in place of the API. Budgets are still asked of the API that `apiUrl` and `token`, or AI_USAGE_API_URL and
   * AI_USAGE_TOKEN, name, and outcomes still go there. A local stack nearby is not looked for: beside a transport it gets nothing,
   * unless it is named. @default the file of TRACK_TO_FILE, beside which the same holds, or else the API
   */
  readonly transport?: Transport;
  /** If not, clients stay as they are, and nothing is sent. @default TRACK_AI_USAGE and ENABLE_COST_TRACKING, or else true */
  readonly enabled?: boolean;
  /** Holds for calls whose context does not say otherwise. It goes before USER_ID, AI_USAGE_TEAM, AI_USAGE_FEATURE, … */
  readonly defaults?: UsageContext;
  /**
   * Where metrics are kept until they have arrived; `false`: in memory alone.
   * @default AI_USAGE_SPOOL_DIR, or one in the system's temporary directory
   */
  readonly spoolDirectory?: string | false;
  readonly flush?: {
    /** How long a metric may wait for company. @default 1000 */
    readonly afterMs?: number;
    /** Of so many none waits. @default 500, which is as many as go at once */
    readonly afterMetrics?: number;
  };
  /** Whether streams are asked to tell their usage. @default AI_USAGE_STREAM_USAGE, or else "auto" */
  readonly streamUsage?: ProviderWiring["streamUsage"];
  /** User ids leave the process as `u_` and 32 hexadecimal digits only. @default AI_USAGE_USER_ID_KEY, or else they leave as they are */
  readonly hashUserIds?: HashKey;
  /** Metrics tell by a hash which calls had the same prompt. @default AI_USAGE_PROMPT_KEY, or else they do not */
  readonly hashPrompts?: HashKey;
  /** Told of what goes wrong outside of the application's own calls. @default a line on stderr, of each kind one a minute */
  readonly onProblem?: (problem: TrackerProblem) => void;
  /**
   * Calls are held against the stack's hard budgets before they are made, unless ENABLE_BUDGET_ENFORCEMENT is `false`: what
   * they may take is reserved in the background, and a call that there is no room for fails with a BudgetExhaustedError.
   * @default every call is made
   */
  readonly hardBudget?: boolean | HardBudgetOptions;
  /** What decides on calls in place of `hardBudget`, unless ENABLE_BUDGET_ENFORCEMENT is `false`. @default every call is made */
  readonly gate?: Gate | ((surroundings: GateSurroundings) => Gate);
  /** @default process.env */
  readonly env?: Environment;
  /** @default process.cwd() */
  readonly cwd?: string;
}

/**
 * Begins to track. Where no API is known, calls are metered all the same: metrics wait in the spool until there is one, and
 * `onProblem` is told once what to do.
 *
 * @throws TrackerConfigurationError naming the options and variables that cannot be; nothing that happens later is thrown
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  const { env = process.env, cwd = process.cwd() } = options;
  const environment = trackerOptionsFromEnv(env);
  const defaults = { ...environment.defaults, ...options.defaults };
  const streamUsage = options.streamUsage ?? environment.streamUsage ?? "auto";
  if (!(options.enabled ?? environment.enabled))
    return new Tracker({ enabled: false, delivery: NO_DELIVERY, onProblem: () => {}, defaults, streamUsage });
  const side = farSide({ ...environment, ...options, env, cwd });
  const onProblem = options.onProblem ?? problemsOnStderr();
  const privacy = privacyOf({ ...environment, ...options });
  const gate = environment.enforcesBudgets ? gateOf(options, { ...side, onProblem }, privacy) : undefined;
  const delivery = startSending({ ...options, ...side, onProblem, env, cwd });
  return new Tracker({
    ...{ delivery, onProblem, defaults, streamUsage, ...privacy },
    ...(gate !== undefined && { gate }),
    ...(side.api !== undefined && {
      startOutcomes: () => startSendingOutcomes({ ...options, ...side.api, onProblem, env }),
    }),
  });
}

/**
 * A tracker with `hardBudget`, unless another gate is given; with ENABLE_COST_MONITORING `false` one that only meters. Who is told of what
 * a budget comes to, and how, is the stack's to say: its channels and `ai-usage alerts`.
 *
 * @throws TrackerConfigurationError as {@link createTracker}
 */
export function createCostMonitoredTracker(options: TrackerOptions = {}): Tracker {
  const { monitorsCosts } = trackerOptionsFromEnv(options.env);
  if (monitorsCosts)
    return createTracker(options.gate === undefined ? { hardBudget: true, ...options } : options);
  const { gate: _, hardBudget: __, ...others } = options;
  return createTracker(others);
}

function gateOf(
  options: TrackerOptions,
  surroundings: GateSurroundings,
  { finishContext }: Privacy,
): Gate | undefined {
  const made = plainGateOf(options, surroundings);
  return made === undefined || finishContext === undefined ? made : gateForHashedUsers(made, finishContext);
}

function plainGateOf({ gate, hardBudget }: TrackerOptions, surroundings: GateSurroundings): Gate | undefined {
  if (hardBudget === undefined || hardBudget === false)
    return typeof gate === "function" ? gate(surroundings) : gate;
  if (gate !== undefined)
    throw new TrackerConfigurationError(["hardBudget and gate both decide on calls: give one of them"]);
  return hardBudgetGate(hardBudget === true ? {} : hardBudget, surroundings);
}

const NOTHING: DeliveryStatistics = Object.freeze({
  ...{
    recorded: 0,
    delivered: 0,
    rejected: 0,
    dropped: 0,
    handedOver: 0,
    waiting: 0,
    spilled: 0,
    adopted: 0,
  },
});

const NO_DELIVERY: Delivery = {
  add: () => {},
  flush: async () => NOTHING,
  close: async () => NOTHING,
  statistics: NOTHING,
};
