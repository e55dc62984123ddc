import type { UsageFormat } from "@ai-usage/core/normalize";
import type { StreamGatherer } from "../providers/stainless/endpoints.ts";
import type { CallStart } from "./call.ts";

/** What the answers of an endpoint look like, as far as they tell what was used. */
export interface CallFormat {
  readonly usage: UsageFormat;
  /** Where usage that nobody tells can be counted here. */
  readonly tokens?: TokenCount;
  /** Of answers that come in parts: looks at them as they pass. @default the last part tells */
  readonly parts?: (start: CallStart) => StreamGatherer;
}

export interface TokenCount {
  /** How its usage calls the tokens that go in. */
  readonly input: string;
  readonly output: string;
  readonly charactersPerToken: number;
  /** Whether there is a tokenizer that counts as its models do. */
  readonly hasTokenizer: boolean;
}
