import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropicMessages } from "./anthropic-messages.ts";
import type { UsageFormat } from "./normalized-usage.ts";
import { openAIChat } from "./openai-chat.ts";
import { openAIResponses } from "./openai-responses.ts";
import { readUsage } from "./read-usage.ts";

const chat = {
  id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
  object: "chat.completion",
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" } }],
  service_tier: "default",
  usage: {
    prompt_tokens: 1117,
    completion_tokens: 46,
    total_tokens: 1163,
    prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 6,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  },
};
const response = {
  id: "resp_67ccd2bed1ec8190b14f964abc054267",
  object: "response",
  status: "completed",
  background: false,
  error: null,
  model: "gpt-4o-2024-08-06",
  output: [
    { type: "reasoning", id: "rs_1", summary: [] },
    { type: "message", id: "msg_1", content: [{ type: "output_text", text: "Hello" }] },
    { type: "function_call", name: "look_up", arguments: "{}" },
  ],
  tools: [],
  service_tier: "default",
  usage: {
    input_tokens: 36,
    input_tokens_details: { cached_tokens: 7 },
    output_tokens: 87,
    output_tokens_details: { reasoning_tokens: 50 },
    total_tokens: 123,
  },
};
const message = {
  id: "msg_01",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  usage: {
    input_tokens: 36,
    cache_creation_input_tokens: 12,
    cache_read_input_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 8 },
    output_tokens: 87,
    service_tier: "standard",
  },
};

const cases: readonly (readonly [name: string, format: UsageFormat, answer: object])[] = [
  ["a chat completion", openAIChat, chat],
  ["a response", openAIResponses, response],
  ["a message", anthropicMessages, message],
];
const OPTIONS = { request: { model: "asked-for" } };

/** Without the short way. */
const carefully = (format: UsageFormat, answer: unknown, options: object) =>
  readUsage({ service: format.service, read: format.read }, answer, options);

/** What may stand in an answer or a request where something else is expected. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    0,
    1,
    46,
    1117,
    1163,
    undefined,
    null,
    -1,
    1.5,
    "12",
    "default",
    "standard",
    "flex",
  ),
  fc.constantFrom<unknown>("fast", "claude-3", "a b", {}, [], { cached_tokens: 7 }, { reasoning_tokens: 50 }),
  fc.constantFrom<unknown>({ ephemeral_1h_input_tokens: 12 }, [
    { type: "server_tool_use", name: "web_search" },
  ]),
);
const NAMES = [
  ...["id", "model", "service_tier", "usage", "x_groq", "content", "stop_reason", "unheard_of"],
  ...[
    "usage.prompt_tokens",
    "usage.completion_tokens",
    "usage.total_tokens",
    "usage.cost",
    "usage.unheard_tokens",
  ],
  ...["usage.prompt_tokens_details", "usage.completion_tokens_details", "usage.cached_tokens"],
  ...["usage.prompt_tokens_details.cached_tokens", "usage.prompt_tokens_details.audio_tokens"],
  ...["usage.prompt_tokens_details.cache_write_tokens", "usage.prompt_tokens_details.image_tokens"],
  ...["usage.completion_tokens_details.reasoning_tokens", "usage.completion_tokens_details.audio_tokens"],
  ...["usage.input_tokens", "usage.output_tokens", "usage.cache_creation_input_tokens", "usage.service_tier"],
  ...[
    "usage.cache_read_input_tokens",
    "usage.cache_creation",
    "usage.cache_creation.ephemeral_5m_input_tokens",
  ],
  ...["status", "type", "output", "output.0", "output.1.type", "output.1.svg_usage", "tool_usage", "tools"],
  ...["usage.input_tokens_details", "usage.input_tokens_details.cached_tokens", "error", "background"],
  ...["usage.output_tokens_details.reasoning_tokens", "usage.output_tokens_details.audio_tokens"],
  ...[
    "usage.server_tool_use",
    "usage.iterations",
    "usage.output_tokens_details",
    "usage.inference_geo",
    "prompt_cache_options",
  ],
];
const change = fc.tuple(fc.constantFrom(...NAMES), value);
const optionChange = fc.tuple(
  fc.constantFrom("service", "region", "request", "request.model", "request.modelId", "request.service_tier"),
  fc.oneof(
    value,
    fc.constantFrom("openai", "azure", "perplexity", "eu-west-1", { model: "m", speed: "fast" }),
  ),
);

function changed(holder: object, changes: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const copy = structuredClone(holder) as Record<string, unknown>;
  for (const [path, put] of changes) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    let place: unknown = copy;
    for (const name of names) place = (place as Record<string, unknown> | undefined | null)?.[name];
    if (typeof place === "object" && place !== null) (place as Record<string, unknown>)[last] = put;
  }
  return copy;
}

describe.each(cases)("the short way to read %s", (_, format, answer) => {
  it("is taken by what has nothing out of the ordinary", () => {
    expect(format.readUsual?.(answer as Record<string, unknown>, OPTIONS)).toBeDefined();
  });

  it("says what the careful way says, whatever the answer and the request hold", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 3 }),
        fc.array(optionChange, { maxLength: 2 }),
        (changes, optionChanges) => {
          const one = changed(answer, changes);
          const options = changed(OPTIONS, optionChanges);
          // By their text too, in which the order counts: one call is one metric, however it was read.
          const [short, careful] = [readUsage(format, one, options), carefully(format, one, options)];
          expect(short).toEqual(careful);
          expect(Object.entries(short.usage)).toEqual(Object.entries(careful.usage));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
