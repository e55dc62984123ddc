import type { CallEnd, CallStart, CallTerms, MeteredCall } from "../../recording/call.ts";
import type { Provider, ProviderWiring } from "../provider.ts";
import type { StreamGatherer } from "../stainless/endpoints.ts";
import { watchIterable } from "../watch-parts.ts";
import {
  type BedrockClient,
  type Input,
  type Metadata,
  type Middleware,
  type Output,
  type Result,
  regionOf,
} from "./client.ts";
import { countsInBody, countsInHeaders, parsedBytes } from "./invoked-counts.ts";
import { ConverseEvents, InvokedEvents } from "./streams.ts";

/** `BedrockRuntimeClient` and `BedrockRuntime` of `@aws-sdk/client-bedrock-runtime`. */
export const bedrock: Provider = {
  name: "bedrock",
  recognizes: (client) =>
    "middlewareStack" in client &&
    "config" in client &&
    typeof client.config === "object" &&
    client.config !== null &&
    "serviceId" in client.config &&
    client.config.serviceId === "Bedrock Runtime",
  instrument: (client, wiring) => {
    const watched = client as unknown as BedrockClient;
    // Under one name it is there once, however often it is put there.
    watched.middlewareStack.add(metering(watched, wiring), {
      step: "initialize",
      name: "aiUsageMetering",
      override: true,
    });
  },
};

interface Command {
  readonly operation: string;
  readonly stream?: (output: Output) => unknown;
  readonly gatherer?: (start: CallStart) => StreamGatherer;
  readonly read?: (result: Result) => unknown;
  readonly adapt: (input: Input, terms: CallTerms) => Input;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
const COMMANDS: Readonly<Record<string, Command>> = {
  ConverseCommand: { operation: "converse", adapt: adaptConverse },
  ConverseStreamCommand: {
    operation: "converse",
    stream: ({ stream }) => stream,
    gatherer: (start) => new ConverseEvents(start),
    adapt: adaptConverse,
  },
  InvokeModelCommand: { operation: "invoke_model", read: readInvoked, adapt: adaptInvoked },
  InvokeModelWithResponseStreamCommand: {
    operation: "invoke_model",
    stream: ({ body }) => body,
    gatherer: () => new InvokedEvents(),
    adapt: adaptInvoked,
  },
};

function metering(client: BedrockClient, { recorder, service = "bedrock" }: ProviderWiring): Middleware {
  const findRegion = regionOf(client);
  return (next, { commandName = "" }) => {
    const command = Object.hasOwn(COMMANDS, commandName) ? COMMANDS[commandName] : undefined;
    if (command === undefined) return next;
    const { operation, adapt } = command;
    return async (given) => {
      const found = findRegion();
      const region = found instanceof Promise ? await found : found;
      const { input } = given;
      const start: CallStart = {
        service,
        operation,
        format: "bedrock.converse",
        request: input,
        ...(input.modelId !== undefined && { model: input.modelId }),
        ...(region !== undefined && { region }),
      };
      const call = recorder.begin(start);
      const admitted = call.admit();
      const terms = admitted instanceof Promise ? await admitted : admitted;
      const sent =
        terms.model === undefined && terms.outputTokensMax === undefined ? input : adapt(input, terms);
      try {
        const result = await next(sent === input ? given : { ...given, input: sent });
        settle(call, result, { command, start, servedBy: sent === input ? undefined : sent.modelId });
        return result;
      } catch (error) {
        call.failed(error, endOf((error as Output | undefined)?.$metadata));
        throw error;
      }
    };
  };
}

interface Made {
  readonly command: Command;
  readonly start: CallStart;
  /** The model that was asked in place of the caller's. */
  readonly servedBy: string | undefined;
}

function settle(call: MeteredCall, result: Result, { command, start, servedBy }: Made): void {
  const { stream, gatherer, read } = command;
  const { output } = result;
  const end = endOf(output.$metadata);
  const told = (answer: unknown) => (servedBy === undefined ? answer : routed(answer, servedBy));
  if (gatherer !== undefined) {
    const events = gatherer(start);
    const whole: StreamGatherer = {
      see: (part) => events.see(part),
      answer: () => told(events.answer()),
      end: () => ({ ...end, ...events.end?.() }),
      get hasBegun() {
        return events.hasBegun !== false;
      },
    };
    if (watchIterable(stream?.(output), call, whole)) return;
  }
  call.succeeded(told(read === undefined ? output : read(result)), end);
}

/** Answers name no model. As of a prompt router, this one says which it was. */
function routed(answer: unknown, invokedModelId: string): unknown {
  return { ...(answer as object), trace: { promptRouter: { invokedModelId } } };
}

function endOf({ requestId, attempts }: Metadata = {}): CallEnd {
  return {
    ...(requestId !== undefined && { requestId }),
    ...(attempts !== undefined && { attempts }),
  };
}

/** Headers tell all but how long what was written to a cache is kept, and are there without reading the body. */
function readInvoked({ output, response }: Result): unknown {
  const told = countsInHeaders(response?.headers);
  const isEnough = told !== undefined && !told.cacheWriteInputTokens;
  const usage = isEnough ? told : { ...told, ...countsInBody(parsedBytes(output.body)) };
  return { usage, serviceTier: output.serviceTier };
}

function adaptConverse(input: Input, terms: CallTerms): Input {
  const { outputTokensMax } = terms;
  return {
    ...adaptModel(input, terms),
    ...(outputTokensMax !== undefined && {
      inferenceConfig: { ...input.inferenceConfig, maxTokens: outputTokensMax },
    }),
  };
}

function adaptModel(input: Input, { model }: CallTerms): Input {
  return model === undefined ? input : { ...input, modelId: model };
}

/** A body is in the language of the model's maker, so that no other maker's model can read it. */
function adaptInvoked(input: Input, terms: CallTerms): Input {
  return makerOf(terms.model) === makerOf(input.modelId) ? adaptModel(input, terms) : input;
}

/** `anthropic`, of `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
function makerOf(modelId = ""): string | undefined {
  return /^(?:(?:global|us-gov|us|eu|apac|jp|au)\.)?([a-z0-9]+)\./.exec(modelId)?.[1];
}
