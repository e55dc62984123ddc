import type { UsageContext } from "../context/usage-context.ts";
import type { HashKey } from "../privacy/keyed-hash.ts";
import type { ProviderWiring } from "../providers/provider.ts";
import { TrackerConfigurationError } from "./configuration-error.ts";
import { VARIABLES, type VariableName } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What variables say of a tracker. What an option says wins. */
export interface TrackerEnvironment {
  /** `TRACK_AI_USAGE` and `ENABLE_COST_TRACKING`: neither is `false`. */
  readonly enabled: boolean;
  /** `TRACK_TO_FILE`: a path, or `ai-usage.jsonl` in the working directory for `true`. */
  readonly file?: string;
  /** `USER_ID`, `AI_USAGE_TEAM`, `AI_USAGE_FEATURE`, `AI_USAGE_ENVIRONMENT`, `AI_USAGE_JOB_ID`, `AI_USAGE_BATCH_ID` */
  readonly defaults: UsageContext;
  /** `AI_USAGE_STREAM_USAGE` */
  readonly streamUsage?: ProviderWiring["streamUsage"];
  /** `AI_USAGE_USER_ID_KEY` */
  readonly hashUserIds?: HashKey;
  /** `AI_USAGE_PROMPT_KEY` */
  readonly hashPrompts?: HashKey;
  /** `ENABLE_COST_MONITORING` is not `false`. */
  readonly monitorsCosts: boolean;
  /** `ENABLE_BUDGET_ENFORCEMENT` is not `false`: budgets that the application asks may refuse. */
  readonly enforcesBudgets: boolean;
}

/**
 * Reads and checks the variables that concern a tracker. An empty one is as good as none.
 * @throws TrackerConfigurationError that names each variable that is wrong, and what it must be
 */
export function trackerOptionsFromEnv(env: Environment = process.env): TrackerEnvironment {
  const read = checkedVariables(env);
  const file = read("TRACK_TO_FILE");
  const streamUsage = read("AI_USAGE_STREAM_USAGE") as ProviderWiring["streamUsage"] | undefined;
  const [userIdKey, promptKey] = [read("AI_USAGE_USER_ID_KEY"), read("AI_USAGE_PROMPT_KEY")];
  return {
    enabled: read("TRACK_AI_USAGE") !== "false" && read("ENABLE_COST_TRACKING") !== "false",
    defaults: defaultsFrom(read),
    monitorsCosts: read("ENABLE_COST_MONITORING") !== "false",
    enforcesBudgets: read("ENABLE_BUDGET_ENFORCEMENT") !== "false",
    ...(file !== undefined && file !== "false" && { file: file === "true" ? DEFAULT_FILE : file }),
    ...(streamUsage !== undefined && { streamUsage }),
    ...(userIdKey !== undefined && { hashUserIds: { key: userIdKey } }),
    ...(promptKey !== undefined && { hashPrompts: { key: promptKey } }),
  };
}

const DEFAULT_FILE = "ai-usage.jsonl";

type Read = (name: VariableName) => string | undefined;

function checkedVariables(env: Environment): Read {
  const read: Read = (name) => env[name]?.trim() || undefined;
  const problems: string[] = [];
  for (const [name, { holds, must }] of Object.entries(VARIABLES)) {
    const text = read(name as VariableName);
    if (text !== undefined && !holds(text)) problems.push(`${name} ${must}`);
  }
  if (problems.length > 0) throw new TrackerConfigurationError(problems);
  return read;
}

const NAMES = {
  userId: "USER_ID",
  team: "AI_USAGE_TEAM",
  feature: "AI_USAGE_FEATURE",
  environment: "AI_USAGE_ENVIRONMENT",
  jobId: "AI_USAGE_JOB_ID",
  batchId: "AI_USAGE_BATCH_ID",
} as const satisfies Partial<Record<keyof UsageContext, VariableName>>;

function defaultsFrom(read: Read): UsageContext {
  const named = Object.entries(NAMES).map(([field, name]) => [field, read(name)] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}
