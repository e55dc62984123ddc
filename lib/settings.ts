import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Node } from "constructs";
import * as z from "zod";

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
}

export interface Settings extends SettingsInput {
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

const logRetentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const scopeKindsTaken = ["global", "service", "model", "user", "team", "job", "feature", "environment"];

const wholeDays = { error: "must be a whole number of days from 1 to 3650" };
const yesOrNo = { error: "must be true or false" };
const address = { error: "must be an e-mail address, such as alerts@example.com" };
const metadataKey = {
  error: "must start with a letter and hold only a-z, 0-9 and _ (at most 32 characters)",
};

const emailSchema = z.strictObject(
  {
    from: z.email(address),
    recipients: z
      .array(z.email(address), { error: "must be a list of e-mail addresses" })
      .min(1, { error: "must name at least one address" })
      .max(50, { error: "must name at most 50 addresses" }),
  },
  { error: (issue) => unknownKeys(issue, ["from", "recipients"]) ?? "must be {from, recipients}" },
);

const fields = {
  stage: z
    .string({ error: "must be text" })
    .regex(/^[a-z][a-z0-9-]{0,19}$/, {
      error: "must start with a letter and hold only a-z, 0-9 and - (at most 20 characters)",
    })
    .default("prod"),
  retentionDays: z.int(wholeDays).min(1, wholeDays).max(3650, wholeDays).default(400),
  metricIndex: z.boolean(yesOrNo).default(true),
  scopeMetadataKeys: z
    .array(
      z
        .string(metadataKey)
        .regex(/^[a-z][a-z0-9_]{0,31}$/, metadataKey)
        .refine((key) => !scopeKindsTaken.includes(key), {
          error: `must not be one of the built-in scopes: ${scopeKindsTaken.join(", ")}`,
        }),
      { error: "must be a list of metadata keys" },
    )
    .max(10, { error: "must hold at most 10 keys: each one adds totals to every write" })
    .refine((keys) => new Set(keys).size === keys.length, { error: "must not name a key twice" })
    .default(["department", "project", "cost_center"]),
  email: emailSchema.optional(),
  unpricedPolicy: z
    .enum(["allow", "estimate", "block"], { error: 'must be "allow", "estimate" or "block"' })
    .default("allow"),
  logRetentionDays: z
    .literal(logRetentionPeriods, { error: `must be one of ${logRetentionPeriods.join(", ")}` })
    .default(30),
  deletionProtection: z.boolean(yesOrNo).default(true),
  removalPolicy: z.enum(["retain", "destroy"], { error: 'must be "retain" or "destroy"' }).default("retain"),
  alarmTopicArn: z
    .string({ error: "must be text" })
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, {
      error: "must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:operations",
    })
    .optional(),
};

const schema = z
  .strictObject(fields, {
    error: (issue) => unknownKeys(issue, Object.keys(fields)) ?? "must be an object of settings",
  })
  .refine((settings) => settings.removalPolicy === "retain" || !settings.deletionProtection, {
    path: ["deletionProtection"],
    error: 'must be false when removalPolicy is "destroy": a protected table cannot be destroyed',
  });

/** The deployment's settings: the context key `settings`, an object in cdk.json or `-c settings=FILE.json`. */
export function readSettings(node: Node): Settings {
  const value: unknown = node.tryGetContext("settings") ?? {};
  if (typeof value !== "string") return parseSettings(value, { source: "settings in the context" });
  const file = resolve(value);
  return parseSettings(readJson(file), { source: `settings file ${file}` });
}

export interface SettingsOrigin {
  /** How messages call the place that the settings come from. */
  readonly source: string;
}

/** @throws SettingsError naming each field that is wrong and what it may be */
export function parseSettings(input: unknown, { source }: SettingsOrigin): Settings {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new SettingsError(source, parsed.error.issues.map(describeIssue));
  return parsed.data;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SettingsError(file, [`must be a readable JSON file: ${reason}`]);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(".") || "settings"} ${issue.message}`;
}

function unknownKeys(issue: z.core.$ZodRawIssue, known: readonly string[]): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const keys = (issue.keys as string[]).map((key) => `"${key}"`).join(", ");
  return `has no field ${keys}; the fields are ${known.join(", ")}`;
}
