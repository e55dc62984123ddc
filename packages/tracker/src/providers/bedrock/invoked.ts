import type { CallTerms } from "../../recording/call.ts";
import type { Input, Result } from "./client.ts";
import { type Command, withModel } from "./command.ts";
import { countsInBody, countsInHeaders, parsedBytes } from "./invoked-counts.ts";
import { InvokedEvents } from "./invoked-events.ts";

export const INVOKE_MODEL: Command = { operation: "invoke_model", read: readInvoked, adapt: adaptInvoked };

export const INVOKE_MODEL_STREAM: Command = {
  operation: "invoke_model",
  stream: ({ body }) => body,
  gatherer: () => new InvokedEvents(),
  adapt: adaptInvoked,
};

/** Headers tell all but how long what was written to a cache is kept, and are there without reading the body. */
function readInvoked({ output, response }: Result): unknown {
  const told = countsInHeaders(response?.headers);
  const isEnough = told !== undefined && !told.cacheWriteInputTokens;
  const usage = isEnough ? told : { ...told, ...countsInBody(parsedBytes(output.body)) };
  return { usage, serviceTier: output.serviceTier };
}

/** A body is in the language of the model's maker, so that no other maker's model can read it. */
function adaptInvoked(input: Input, terms: CallTerms): Input {
  return makerOf(terms.model) === makerOf(input.modelId) ? withModel(input, terms) : input;
}

/** `anthropic`, of `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
function makerOf(modelId = ""): string | undefined {
  return /^(?:(?:global|us-gov|us|eu|apac|jp|au)\.)?([a-z0-9]+)\./.exec(modelId)?.[1];
}
