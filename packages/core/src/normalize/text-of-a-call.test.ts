import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disturbed, fullAnswers } from "./fixtures.ts";
import { normalizeUsage, type UsageFormatName, usageFormatNames } from "./normalize-usage.ts";

const SECRET = "ZANZIBAR";
const secret = fc.string().map((text) => `${SECRET} ${text}`);
const request = { model: "gpt-5", input: "Hello", service_tier: "flex", tools: [{ type: "web_search" }] };

describe("the text of a call", () => {
  it.each(usageFormatNames)("is in nothing that is read of %s, wherever it stands", (format) => {
    const answers = disturbed(withoutNames(fullAnswers[format]), secret);
    fc.assert(
      fc.property(answers, disturbed(withoutNames(request), secret), (answer, body) => {
        const read = JSON.stringify(normalizeUsage(format, answer, { request: body }));
        expect(read.toUpperCase()).not.toContain(SECRET);
      }),
      { numRuns: 300 },
    );
  });

  const said = `${SECRET} is where I hid it`;
  const usage = { input_tokens: 5, output_tokens: 5 };
  it.each<[UsageFormatName, object]>([
    [
      "openai.chat",
      { choices: [{ message: { content: said, refusal: said } }], usage: { prompt_tokens: 5 } },
    ],
    [
      "openai.responses",
      { instructions: said, output: [{ type: "web_search_call", action: { query: said } }], usage },
    ],
    ["openai.responses", { status: "failed", error: { code: said, message: said } }],
    ["openai.transcription", { text: said, usage: { type: "tokens", ...usage } }],
    ["openai.images", { data: [{ revised_prompt: said }], usage }],
    ["openai.batch_line", { custom_id: said, error: { code: said, message: said } }],
    ["anthropic.messages", { content: [{ type: "text", text: said }], stop_sequence: said, usage }],
    [
      "anthropic.batch_line",
      { custom_id: said, result: { type: "errored", error: { error: { message: said } } } },
    ],
    [
      "gemini.generate_content",
      {
        candidates: [{ groundingMetadata: { webSearchQueries: [said] } }],
        usageMetadata: { promptTokenCount: 5 },
      },
    ],
    ["bedrock.converse", { output: { message: { content: [{ text: said }] } }, usage: { inputTokens: 5 } }],
    ["cohere", { text: said, meta: { billed_units: usage } }],
    [
      "opentelemetry.span",
      {
        "gen_ai.input.messages": said,
        "gen_ai.usage.input_tokens": 5,
        "error.type": said,
        [`gen_ai.usage.${said}`]: 5,
      },
    ],
  ])("is not in what is read of %s", (format, answer) => {
    expect(JSON.stringify(normalizeUsage(format, answer)).toUpperCase()).not.toContain(SECRET);
  });
});

const NAMES = /^(id|.*_id|.*Id|model|modelVersion|gen_ai\.(request|response)\.(model|id))$/;

/** Without ids and names of models: what stands there is kept, and a secret would be too. */
function withoutNames(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutNames);
  if (typeof answer !== "object" || answer === null) return answer;
  const kept = Object.entries(answer).filter(([name]) => !NAMES.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutNames(value)]));
}
