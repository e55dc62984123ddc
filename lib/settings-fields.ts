import { Token } from "aws-cdk-lib";
import * as z from "zod";

const logRetentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const scopeKindsTaken = ["global", "service", "model", "user", "team", "job", "feature", "environment"];

const wholeDays = { error: "must be a whole number of days from 1 to 3650" };
const yesOrNo = { error: "must be true or false" };
const wholeMinutes = { error: "must be a whole number of minutes, at most 10080" };
const wholeMessages = { error: "must be a whole number from 1 to 1000" };
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
    cooldownMinutes: z.int(wholeMinutes).min(0, wholeMinutes).max(10_080, wholeMinutes).optional(),
    rateLimit: z
      .strictObject(
        {
          messages: z.int(wholeMessages).min(1, wholeMessages).max(1000, wholeMessages),
          perMinutes: z.int(wholeMinutes).min(1, wholeMinutes).max(10_080, wholeMinutes),
        },
        {
          error: (issue) =>
            unknownKeys(issue, ["messages", "perMinutes"]) ?? "must be {messages, perMinutes}",
        },
      )
      .optional(),
  },
  {
    error: (issue) =>
      unknownKeys(issue, ["from", "recipients", "cooldownMinutes", "rateLimit"]) ??
      "must be {from, recipients}",
  },
);

/** Looked at loosely: who reads them at deploy says what they must be. */
const entriesSchema = z
  .array(z.record(z.string(), z.unknown(), { error: "must be an object of terms" }), {
    error: "must be a list of objects",
  })
  .max(500, { error: "must have at most 500 entries" })
  .default([]);

const decimalAbove = (least: number, error: string) =>
  z
    .union([z.number(), z.string()], { error })
    .transform(String)
    .refine((text) => /^\d{1,9}(\.\d{1,6})?$/.test(text) && Number(text) > least, { error });

const approvalSchema = z
  .strictObject(
    {
      aboveAmount: decimalAbove(0, "must be an amount above 0, such as 500").optional(),
      aboveRatio: decimalAbove(1, "must be a number above 1, such as 1.5").optional(),
    },
    {
      error: (issue) =>
        unknownKeys(issue, ["aboveAmount", "aboveRatio"]) ?? "must be {aboveAmount, aboveRatio}",
    },
  )
  .default({});

/** In a CDK app it may be the token of a resource, which has no ARN before it is deployed. */
const arnMatching = (pattern: RegExp, error: string) =>
  z.string({ error }).refine((arn) => Token.isUnresolved(arn) || pattern.test(arn), { error });

const topicArn = arnMatching(
  /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
  "must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:operations",
);
const functionArn = arnMatching(
  /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
  "must be the ARN of a Lambda function, such as arn:aws:lambda:eu-central-1:111122223333:function:tell",
);
const arnsOf = (arn: z.ZodType<string>) =>
  z
    .array(arn, { error: "must be a list of ARNs" })
    .max(50, { error: "must have at most 50 entries" })
    .default([]);

const channelTargetsSchema = z
  .strictObject(
    { topicArns: arnsOf(topicArn), functionArns: arnsOf(functionArn) },
    {
      error: (issue) =>
        unknownKeys(issue, ["topicArns", "functionArns"]) ?? "must be {topicArns, functionArns}",
    },
  )
  .prefault({});

const webAddress = { error: "must be a web address, such as https://ai-usage.example.com" };

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
  budgets: entriesSchema,
  budgetTemplates: entriesSchema,
  approval: approvalSchema,
  dashboardUrl: z.url({ protocol: /^https?$/, ...webAddress }).optional(),
  channelTargets: channelTargetsSchema,
  unpricedPolicy: z
    .enum(["allow", "estimate", "block"], { error: 'must be "allow", "estimate" or "block"' })
    .default("allow"),
  logRetentionDays: z
    .literal(logRetentionPeriods, { error: `must be one of ${logRetentionPeriods.join(", ")}` })
    .default(30),
  deletionProtection: z.boolean(yesOrNo).default(true),
  removalPolicy: z.enum(["retain", "destroy"], { error: 'must be "retain" or "destroy"' }).default("retain"),
  alarmTopicArn: topicArn.optional(),
};

export const settingsSchema = z
  .strictObject(fields, {
    error: (issue) => unknownKeys(issue, Object.keys(fields)) ?? "must be an object of settings",
  })
  .refine((settings) => settings.removalPolicy === "retain" || !settings.deletionProtection, {
    path: ["deletionProtection"],
    error: 'must be false when removalPolicy is "destroy": a protected table cannot be destroyed',
  });

function unknownKeys(issue: z.core.$ZodRawIssue, known: readonly string[]): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const keys = (issue.keys as string[]).map((key) => `"${key}"`).join(", ");
  return `has no field ${keys}; the fields are ${known.join(", ")}`;
}
