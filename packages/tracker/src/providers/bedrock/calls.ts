import type {
  CallEnd,
  CallStart,
  CallTerms,
  MeteredCall,
  Recorder,
  StreamGatherer,
} from "../../recording/call.ts";
import { watchIterable } from "../watch-parts.ts";
import type { Given, Handler, Input, Metadata, Output, Result } from "./client.ts";
import { type Command, withModel } from "./command.ts";
import { ConverseEvents } from "./converse-events.ts";
import { BEDROCK_CONVERSE } from "./formats.ts";
import { INVOKE_MODEL, INVOKE_MODEL_STREAM } from "./invoked.ts";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
const COMMANDS: Readonly<Record<string, Command>> = {
  ConverseCommand: { operation: "converse", adapt: adaptConverse },
  ConverseStreamCommand: {
    operation: "converse",
    stream: ({ stream }) => stream,
    gatherer: (start) => new ConverseEvents(start),
    adapt: adaptConverse,
  },
  InvokeModelCommand: INVOKE_MODEL,
  InvokeModelWithResponseStreamCommand: INVOKE_MODEL_STREAM,
};

export interface BedrockBilling {
  readonly recorder: Recorder;
  readonly service: string;
  readonly findRegion: () => string | undefined | Promise<string | undefined>;
}

/** The calls of one client. */
export class BedrockCalls {
  readonly #billing: BedrockBilling;

  constructor(billing: BedrockBilling) {
    this.#billing = billing;
  }

  async make(commandName: string, given: Given, next: Handler): Promise<Result> {
    const command = Object.hasOwn(COMMANDS, commandName) ? COMMANDS[commandName] : undefined;
    if (command === undefined) return next(given);
    const { input } = given;
    const start = await this.#start(command, input);
    const call = this.#billing.recorder.begin(start);
    const admitted = call.admit();
    const terms = admitted instanceof Promise ? await admitted : admitted;
    const isAsAsked = terms.model === undefined && terms.outputTokensMax === undefined;
    const sent = isAsAsked ? input : command.adapt(input, terms);
    try {
      const result = await next(sent === input ? given : { ...given, input: sent });
      settle(call, result, { command, start, servedBy: sent === input ? undefined : sent.modelId });
      return result;
    } catch (error) {
      call.failed(error, endOf((error as Output | undefined)?.$metadata));
      throw error;
    }
  }

  async #start({ operation }: Command, input: Input): Promise<CallStart> {
    const { service, findRegion } = this.#billing;
    const found = findRegion();
    const region = found instanceof Promise ? await found : found;
    return {
      service,
      operation,
      format: BEDROCK_CONVERSE,
      request: input,
      ...(input.modelId !== undefined && { model: input.modelId }),
      ...(region !== undefined && { region }),
    };
  }
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

function adaptConverse(input: Input, terms: CallTerms): Input {
  const { outputTokensMax } = terms;
  return {
    ...withModel(input, terms),
    ...(outputTokensMax !== undefined && {
      inferenceConfig: { ...input.inferenceConfig, maxTokens: outputTokensMax },
    }),
  };
}
