import * as z from "zod";
import { compilePattern, type EventMatcher } from "../patterns/event-pattern.ts";

const filter = z.object({ Pattern: z.string() });

/** What a mapping of the template says, as far as it bears on a DynamoDB stream. */
const mappingProperties = z.object({
  BatchSize: z.number().int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.number().min(0).max(300).default(0),
  TumblingWindowInSeconds: z.number().min(0).max(900).default(0),
  ParallelizationFactor: z
    .literal(1, "must be 1: the lanes of one shard are not built for one machine")
    .default(1),
  FilterCriteria: z.object({ Filters: z.array(filter).default([]) }).optional(),
  MaximumRetryAttempts: z.number().int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.number().min(-1).max(604_800).default(-1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string().optional() }).optional() })
    .optional(),
  StartingPosition: z.enum(["TRIM_HORIZON", "LATEST"]),
});

export interface MappingSettings {
  batchSize: number;
  batchingWindowMs: number;
  /** 0 = no tumbling windows. */
  tumblingWindowMs: number;
  matches: EventMatcher;
  /** Infinity = until the record expires from the stream. */
  maximumRetryAttempts: number;
  maximumRecordAgeMs: number;
  bisects: boolean;
  reportsItemFailures: boolean;
  onFailureDestination: string | undefined;
  startingPosition: "TRIM_HORIZON" | "LATEST";
}

/** Reads the resolved properties of an `AWS::Lambda::EventSourceMapping`. Throws a ZodError, or on a bad pattern. */
export function parseMappingSettings(properties: unknown): MappingSettings {
  const parsed = mappingProperties.parse(properties);
  const orUnlimited = (limit: number) => (limit === -1 ? Number.POSITIVE_INFINITY : limit);
  return {
    batchSize: parsed.BatchSize,
    batchingWindowMs: parsed.MaximumBatchingWindowInSeconds * 1000,
    tumblingWindowMs: parsed.TumblingWindowInSeconds * 1000,
    matches: anyOf(
      (parsed.FilterCriteria?.Filters ?? []).map(({ Pattern }) => compilePattern(JSON.parse(Pattern))),
    ),
    maximumRetryAttempts: orUnlimited(parsed.MaximumRetryAttempts),
    maximumRecordAgeMs: orUnlimited(parsed.MaximumRecordAgeInSeconds) * 1000,
    bisects: parsed.BisectBatchOnFunctionError,
    reportsItemFailures: parsed.FunctionResponseTypes.includes("ReportBatchItemFailures"),
    onFailureDestination: parsed.DestinationConfig?.OnFailure?.Destination,
    startingPosition: parsed.StartingPosition,
  };
}

function anyOf(filters: EventMatcher[]): EventMatcher {
  if (filters.length === 0) return () => true;
  return (record) => filters.some((matches) => matches(record));
}
