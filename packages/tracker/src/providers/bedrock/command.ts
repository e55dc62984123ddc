import type { CallStart, CallTerms, StreamGatherer } from "../../recording/call.ts";
import type { Input, Output, Result } from "./client.ts";

/** A command that is billed. */
export interface Command {
  readonly operation: string;
  readonly stream?: (output: Output) => unknown;
  readonly gatherer?: (start: CallStart) => StreamGatherer;
  readonly read?: (result: Result) => unknown;
  readonly adapt: (input: Input, terms: CallTerms) => Input;
}

export function withModel(input: Input, { model }: CallTerms): Input {
  return model === undefined ? input : { ...input, modelId: model };
}
