import * as z from "zod";
import {
  type Engine,
  type FaultPlan,
  type StreamMapping,
  StreamReader,
  startStreamMapping,
} from "../../engine/index.ts";
import type { Stack } from "../../template/stack.ts";
import type { Queues } from "../sqs.ts";
import type { Functions } from "./functions.ts";

/** How the mapping reads the stream is the engine's business; these are all properties that it honours. */
const reading = {
  type: "AWS::Lambda::EventSourceMapping",
  schema: z.object({
    EventSourceArn: z
      .string()
      .regex(/^arn:[\w-]+:dynamodb:.*\/stream\//, "must be the stream of a DynamoDB table"),
    FunctionName: z.string(),
    BatchSize: z.unknown().optional(),
    BisectBatchOnFunctionError: z.unknown().optional(),
    DestinationConfig: z.unknown().optional(),
    FilterCriteria: z.unknown().optional(),
    FunctionResponseTypes: z.unknown().optional(),
    MaximumBatchingWindowInSeconds: z.unknown().optional(),
    MaximumRecordAgeInSeconds: z.unknown().optional(),
    MaximumRetryAttempts: z.unknown().optional(),
    ParallelizationFactor: z.unknown().optional(),
    StartingPosition: z.unknown().optional(),
    TumblingWindowInSeconds: z.unknown().optional(),
  }),
  ignored: ["Tags"],
};

export interface EventSourceMappingsOptions {
  readonly stack: Stack;
  readonly engine: Engine;
  readonly functions: Functions;
  readonly queues: Queues;
  /** Where checkpoints are kept. */
  readonly state: string;
  readonly faults: FaultPlan | undefined;
  readonly seed: number;
  readonly log: (line: string) => void;
}

export interface EventSourceMappings {
  readonly mappings: readonly StreamMapping[];
  stop(): Promise<void>;
}

/** Feeds functions from the stream, as the mappings of the template say. */
export function startEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { stack, engine, functions, queues, state, faults, seed, log } = options;
  const streams = new Map<string, StreamReader>();
  const mappings = stack.resources(reading).map(({ logicalId, properties }) => {
    const streamArn = properties.EventSourceArn;
    const stream = streams.get(streamArn) ?? new StreamReader({ endpoint: engine.endpoint, streamArn });
    streams.set(streamArn, stream);
    return startStreamMapping({
      id: logicalId,
      properties,
      stream,
      target: functions.get(properties.FunctionName),
      home: state,
      onFailure: (document, destination) => {
        if (destination !== undefined) queues.send(destination, document);
      },
      faults,
      seed,
      log,
    });
  });
  return {
    mappings,
    stop: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      for (const stream of streams.values()) stream.destroy();
    },
  };
}
