import { createHash } from "node:crypto";
import {
  isUsageFormat,
  type UsageFormatName,
} from "../../../../packages/core/src/normalize/normalize-usage.ts";
import { type AnswerTerms, answerMetric } from "./answer-metric.ts";
import { type UnreadMetric, unknownFields } from "./metric-fields.ts";
import { type Entry, isObject } from "./usage-file.ts";

/** What is known of all calls that are recorded together. */
export interface Circumstances {
  /** Where calls do not say: who made them, what for, their format. */
  readonly defaults: UnreadMetric;
  readonly format?: UsageFormatName;
  /** What the run knows for certain. It wins. */
  readonly pullRequest?: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** ISO 8601, of calls that do not tell theirs. The same whenever they are recorded. */
  readonly timestamp: string;
  /** What, together with their content, tells calls without an id from others. */
  readonly origin: string;
}

export type ReadEntry = { readonly metric: UnreadMetric } | { readonly problem: string };

/** Makes metrics of entries, in their order: of two that are the same the second one gets another id. */
export function metricsOf(entries: readonly Entry[], circumstances: Circumstances): ReadEntry[] {
  const seen = new Map<string, number>();
  return entries.map(({ value, where }) => {
    const read = fieldsOf(value, circumstances);
    if ("problem" in read) return { problem: `${where} ${read.problem}` };
    const content = JSON.stringify(value);
    const earlier = seen.get(content) ?? 0;
    seen.set(content, earlier + 1);
    const id = idOf([circumstances.origin, content, String(earlier)]);
    return { metric: completed(read.metric, id, circumstances) };
  });
}

function idOf(parts: readonly string[]): string {
  return `github-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40)}`;
}

function completed(metric: UnreadMetric, id: string, known: Circumstances): UnreadMetric {
  const { defaults, pullRequest, metadata, timestamp } = known;
  return {
    operation: "unknown",
    request_id: id,
    timestamp,
    ...defaults,
    ...metric,
    ...(pullRequest !== undefined && { github_pr: pullRequest }),
    metadata: joined(metric.metadata, metadata),
  };
}

const METADATA_ENTRIES_MAX = 20;

/** The run's own names win; there are as many of them as there is room for. */
function joined(given: unknown, ours: Readonly<Record<string, string>>): unknown {
  if (given !== undefined && !isObject(given)) return given;
  const theirs = Object.entries(given ?? {}).filter(([name]) => !Object.hasOwn(ours, name));
  const room = Math.max(0, METADATA_ENTRIES_MAX - theirs.length);
  return Object.fromEntries([...theirs, ...Object.entries(ours).slice(0, room)]);
}

/** A metric; or an answer as `{"response": …}` among fields of a metric; or an answer alone. */
function fieldsOf(value: Entry["value"], { defaults, format }: Circumstances): ReadEntry {
  if (!isObject(value.response) || "custom_id" in value) {
    return typeof value.service === "string"
      ? knownFields(value)
      : answered(answerMetric(value, {}, termsOf({ defaults, format })));
  }
  const { response, format: told, region, ...others } = value;
  if (told !== undefined && !(typeof told === "string" && isUsageFormat(told)))
    return { problem: "names a format that is not known" };
  const read = knownFields(others);
  if ("problem" in read) return read;
  return answered(answerMetric(response, read.metric, termsOf({ defaults, format: told ?? format, region })));
}

type Terms = Pick<Circumstances, "defaults"> & { format: UsageFormatName | undefined; region?: unknown };

const termsOf = ({ defaults, format, region }: Terms): AnswerTerms => ({
  defaults,
  ...(format !== undefined && { format }),
  ...(typeof region === "string" && { region }),
});

const answered = (metric: UnreadMetric | undefined): ReadEntry =>
  metric
    ? { metric }
    : { problem: "is neither a metric nor an answer whose format can be told: give format" };

function knownFields(value: Entry["value"]): ReadEntry {
  const unknown = unknownFields(value);
  if (unknown === 0) return { metric: value };
  // Their names are not shown either: who made the file may have had them from a model.
  return { problem: `has fields that are none of a metric (${unknown}), and is not sent` };
}
