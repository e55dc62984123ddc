import { type Channel, type ChannelTarget, channelKinds } from "@ai-usage/core";
import * as z from "zod";
import { channelRuleFields, rulesFromWire, rulesToWire } from "./channel-rules-wire.ts";
import { nameField, wordField } from "./fields.ts";
import { fieldProblem, parseOrProblem } from "./problem.ts";

const RECIPIENTS_MAX = 50;

const text = (what: string) =>
  z
    .string({ error: () => "must be a string" })
    .max(2048, "must have at most 2048 characters")
    .refine((value) => value !== "" && !/[\p{Cc}\s]/u.test(value), `must be ${what}`);

const arn = (service: string, what: string) =>
  text(what).refine((value) => new RegExp(`^arn:[\\w-]+:${service}:[\\w-]*:\\d{12}:.+$`).test(value), {
    error: `must be ${what}`,
  });

/** Where messages go, and what is secret about it. Which of them a channel has, its kind says. */
const targetFields = {
  to: z
    .array(z.email("must be an e-mail address"), { error: () => "must be a list of e-mail addresses" })
    .min(1, "must name at least one address")
    .max(RECIPIENTS_MAX, `must have at most ${RECIPIENTS_MAX} addresses`)
    .optional(),
  url: text("an address that begins with https://").optional(),
  topic_arn: arn("sns", "the ARN of an SNS topic").optional(),
  function_arn: arn("lambda", "the ARN of a Lambda function").optional(),
  secret: text("a secret without white space").optional(),
};

/** Body of `POST /channels`. */
export const channelSchema = z.strictObject({
  kind: wordField(channelKinds),
  ...targetFields,
  ...channelRuleFields,
  name: nameField,
});

/** Body of `PATCH /channels/{id}`: all but the kind. What is `null` ends. */
export const channelChangeSchema = z.strictObject({
  ...targetFields,
  ...channelRuleFields,
  name: nameField.optional(),
});

/** What people say of a channel. */
export type ChannelTerms = Omit<
  Channel,
  "channelId" | "secretName" | "active" | "createdAt" | "createdBy" | "updatedAt"
>;

/** A secret is passed on to where secrets are kept, and shown never again. */
export interface ChannelRequest<T> {
  readonly terms: T;
  readonly secret?: string;
}

/**
 * Reads the body of `POST /channels`.
 * @throws ProblemError 400 that names every field that is wrong
 */
export function parseNewChannel(body: unknown): ChannelRequest<ChannelTerms> {
  const wire = parseOrProblem(channelSchema, body);
  const target = targetFromWire(wire.kind, wire);
  if (needsSecret(target) && wire.secret === undefined) throw fieldProblem("secret", secretMeaning(target));
  const terms = { target, ...rulesFromWire({ ...wire, name: wire.name }) };
  return { terms, ...(wire.secret !== undefined && { secret: wire.secret }) };
}

/**
 * Reads the body of `PATCH /channels/{id}`.
 * @throws ProblemError 400 that names every field that is wrong
 */
export function parseChannelChange(body: unknown, channel: Channel): ChannelRequest<Channel> {
  const wire = parseOrProblem(channelChangeSchema, body);
  const { kind, ...before } = targetToWire(channel.target);
  const given = { to: wire.to, url: wire.url, topic_arn: wire.topic_arn, function_arn: wire.function_arn };
  const target = targetFromWire(kind, { ...before, ...definedOf(given), secret: wire.secret });
  const terms = { ...channel, target, ...rulesFromWire(wire, channel) };
  return { terms, ...(wire.secret !== undefined && { secret: wire.secret }) };
}

const definedOf = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

interface TargetFields {
  readonly to?: readonly string[];
  readonly url?: string;
  readonly topic_arn?: string;
  readonly function_arn?: string;
  readonly secret?: string;
}

function targetFromWire(kind: Channel["target"]["kind"], wire: TargetFields): ChannelTarget {
  switch (kind) {
    case "email":
      only(kind, wire, ["to"]);
      return { kind, to: given("to", wire.to) };
    case "webhook":
      only(kind, wire, ["url", "secret"]);
      return { kind, url: given("url", wire.url) };
    case "sns":
      only(kind, wire, ["topic_arn"]);
      return { kind, topicArn: given("topic_arn", wire.topic_arn) };
    case "function":
      only(kind, wire, ["function_arn"]);
      return { kind, functionArn: given("function_arn", wire.function_arn) };
    case "slack":
    case "teams":
    case "pagerduty":
      only(kind, wire, ["secret"]);
      return { kind };
    default:
      return kind satisfies never;
  }
}

function only(kind: string, wire: TargetFields, fields: readonly (keyof TargetFields)[]): void {
  for (const field of ["to", "url", "topic_arn", "function_arn", "secret"] as const) {
    if (wire[field] === undefined || fields.includes(field)) continue;
    throw fieldProblem(field, `is not what a channel of the kind ${kind} has: it has ${fields.join(", ")}`);
  }
}

function given<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw fieldProblem(field, "must be given for a channel of this kind");
  return value;
}

const needsSecret = ({ kind }: ChannelTarget): boolean =>
  kind === "slack" || kind === "teams" || kind === "pagerduty";

const secretMeaning = ({ kind }: ChannelTarget): string =>
  kind === "pagerduty"
    ? "must be the routing key of the service"
    : "must be the address of the incoming webhook";

/** A channel as answers show it. Of its secret they say no more than whether there is one. */
export function toWireChannel(channel: Channel) {
  return {
    channel_id: channel.channelId,
    ...targetToWire(channel.target),
    has_secret: channel.secretName !== undefined,
    ...rulesToWire(channel),
    active: channel.active,
    created_at: channel.createdAt,
    created_by: channel.createdBy,
    updated_at: channel.updatedAt,
  };
}

function targetToWire(target: ChannelTarget): { kind: ChannelTarget["kind"] } & TargetFields {
  switch (target.kind) {
    case "email":
      return { kind: target.kind, to: target.to };
    case "webhook":
      return { kind: target.kind, url: target.url };
    case "sns":
      return { kind: target.kind, topic_arn: target.topicArn };
    case "function":
      return { kind: target.kind, function_arn: target.functionArn };
    case "slack":
    case "teams":
    case "pagerduty":
      return { kind: target.kind };
    default:
      return target satisfies never;
  }
}
