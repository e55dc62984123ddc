import type * as z from "zod";
import { settingsSchema } from "./settings-fields.ts";

/** What a deployment can choose. Every field may be left out except the two of `email`. */
export interface SettingsInput {
  /**
   * Names the stack, so that several can live in one account.
   * @default "prod"
   */
  readonly stage?: string;
  /**
   * Days after which a metric expires from the table. Totals stay.
   * @default 400
   */
  readonly retentionDays?: number;
  /**
   * Whether single metrics can be listed by service and date. Costs one more write per metric.
   * @default true
   */
  readonly metricIndex?: boolean;
  /**
   * Keys of a metric's metadata that become scopes, `department:engineering` for example.
   * @default ["department", "project", "cost_center"]
   */
  readonly scopeMetadataKeys?: readonly string[];
  /**
   * Who sends alert mail, and to whom.
   * @default - alerts are raised and listed, no mail is sent
   */
  readonly email?: EmailSettings;
  /**
   * Budgets as code: each deployment makes them as they are here, and ends those that are here no more. Entries are those of
   * a file of `ai-usage budget apply`.
   * @default - none
   */
  readonly budgets?: readonly BudgetEntry[];
  /**
   * Templates as code: each makes a budget for every scope of its `pattern` as soon as the scope is first seen.
   * @default - none
   */
  readonly budgetTemplates?: readonly BudgetEntry[];
  /**
   * From which increase of a budget on a second person has to agree. Budgets as code are not held to it: whoever deploys
   * could change it.
   * @default - one person suffices
   */
  readonly approval?: ApprovalSettings;
  /**
   * Where the web page is, for the links in alerts.
   * @default - alerts have no link
   */
  readonly dashboardUrl?: string;
  /**
   * Topics and functions that channels of alerts may send to. A channel to any other fails.
   * @default - none
   */
  readonly channelTargets?: Partial<ChannelTargets>;
  /**
   * What becomes of a call without a price where a budget is enforced: it is allowed as if it cost nothing (`allow`), or
   * at what the dearest known sibling would cost (`estimate`), or not at all (`block`).
   * @default "allow"
   */
  readonly unpricedPolicy?: "allow" | "estimate" | "block";
  /**
   * Days that the functions' logs are kept; one of the periods CloudWatch Logs offers.
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Whether the table refuses to be deleted.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * What becomes of the data when the stack is deleted.
   * @default "retain"
   */
  readonly removalPolicy?: "retain" | "destroy";
  /**
   * SNS topic that every alarm reports to.
   * @default - alarms change their state and tell nobody
   */
  readonly alarmTopicArn?: string;
}

export interface EmailSettings {
  /** A verified address, or one that SES verifies by mail at deploy. */
  readonly from: string;
  readonly recipients: readonly string[];
  /**
   * After a mail about a scope there is none of the same or a lower level about it for so long.
   * @default 0
   */
  readonly cooldownMinutes?: number;
  /**
   * No more mails than this in any such time; what is over waits.
   * @default - no limit
   */
  readonly rateLimit?: { readonly messages: number; readonly perMinutes: number };
}

/** An entry of a file of `ai-usage budget apply`. It is checked by the function that applies it. */
export type BudgetEntry = Readonly<Record<string, unknown>>;

interface ApprovalSettings {
  /** US dollars that an increase may come to without it; a number, or decimal text. */
  readonly aboveAmount?: number | string;
  /** Times as much as before that a budget may come to without it, above 1. */
  readonly aboveRatio?: number | string;
}

export interface ChannelTargets {
  readonly topicArns: readonly string[];
  readonly functionArns: readonly string[];
}

export interface Settings extends SettingsInput {
  readonly budgets: readonly BudgetEntry[];
  readonly budgetTemplates: readonly BudgetEntry[];
  readonly approval: { readonly aboveAmount?: string; readonly aboveRatio?: string };
  readonly channelTargets: ChannelTargets;
  readonly stage: string;
  readonly retentionDays: number;
  readonly metricIndex: boolean;
  readonly scopeMetadataKeys: readonly string[];
  readonly unpricedPolicy: "allow" | "estimate" | "block";
  readonly logRetentionDays: number;
  readonly deletionProtection: boolean;
  readonly removalPolicy: "retain" | "destroy";
}

export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`${source} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

export interface SettingsOrigin {
  /** How messages call the place that the settings come from. */
  readonly source: string;
}

/** @throws SettingsError naming each field that is wrong and what it may be */
export function parseSettings(input: unknown, { source }: SettingsOrigin): Settings {
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) throw new SettingsError(source, parsed.error.issues.map(describeIssue));
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(".") || "settings"} ${issue.message}`;
}
