import { describe, expect, it } from "vitest";
import { ANTHROPIC_MESSAGES } from "../providers/anthropic/formats.ts";
import { OPENAI_CHAT } from "../providers/openai/formats.ts";
import type { CallStart } from "./call.ts";
import { estimatedAnswer, estimatedInput } from "./estimate.ts";
import { TextSize } from "./text-size.ts";
import { loadTokenizer, tokenizerOf } from "./tokenizer.ts";

const PANGRAM = "The quick brown fox jumps over the lazy dog.";

function start(request: object, others: Partial<CallStart> = {}): CallStart {
  return { service: "openai", operation: "chat.completions", format: OPENAI_CHAT, request, ...others };
}

const asked = (content: unknown, model = "llama-4") => ({ model, messages: [{ role: "user", content }] });

describe("an estimated input", () => {
  it("has a token for four characters, and some around each message", () => {
    expect(estimatedInput(start(asked("a".repeat(400))))).toBe(100 + 4 + 3);
  });

  it("has a token for each character of scripts that have no letters", () => {
    expect(estimatedInput(start(asked("東京の天気は")))).toBe(6 + 4 + 3);
  });

  it("counts what models read: parts, tools, the system's text", () => {
    const request = {
      ...asked([{ type: "text", text: "a".repeat(40) }]),
      system: "a".repeat(40),
      tools: [{ type: "function", function: { description: "a".repeat(40) } }],
    };
    expect(estimatedInput(start(request))).toBe(30 + 4 + 3);
  });

  it("counts a picture as one, whether it is a link or a megabyte of text", () => {
    const picture = {
      type: "image_url",
      image_url: { url: `data:image/png;base64,${"A".repeat(1_000_000)}` },
    };
    expect(estimatedInput(start(asked([picture])))).toBe(1_000 + 4 + 3);
  });

  it("has a token for three and a half characters of Claude's", () => {
    const request = asked("a".repeat(350), "claude-sonnet-5-5");
    expect(estimatedInput(start(request, { format: ANTHROPIC_MESSAGES }))).toBe(100 + 4 + 3);
  });

  it("is none where there is no request", () => {
    expect(estimatedInput({ service: "a", operation: "b" })).toBe(3);
  });

  it("is counted by the model's own tokenizer once that is there", async () => {
    expect(tokenizerOf("gpt-4o-mini")).toBeUndefined();
    expect(await loadTokenizer("o200k_base")).toBe(true);
    expect(tokenizerOf("gpt-4o-mini")?.(PANGRAM)).toBe(10);
    expect(estimatedInput(start(asked(PANGRAM, "gpt-4o-mini")))).toBe(10 + 4 + 3);
    expect(estimatedInput(start(asked("<|endoftext|>", "gpt-4o-mini")))).toBeGreaterThan(7);
    expect(estimatedInput(start(asked(PANGRAM)))).toBe(11 + 4 + 3);
  });

  it("counts the rest of a long text like its beginning", () => {
    const tokens = estimatedInput(start(asked("word ".repeat(100_000), "gpt-4o-mini")));
    expect(tokens).toBeGreaterThan(95_000);
    expect(tokens).toBeLessThan(105_000);
  });
});

describe("an estimated answer", () => {
  it("has a token at least for each piece that passed", () => {
    const size = new TextSize();
    for (const piece of ["I", " a", "m", ""]) size.add(piece);
    expect(estimatedAnswer(start(asked("")), { id: "a" }, size)).toEqual({
      id: "a",
      usage: { prompt_tokens: 7, completion_tokens: 3 },
    });
  });

  it("keeps what was told", () => {
    const size = new TextSize();
    size.add("a".repeat(35));
    const told = { usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 } };
    const call = start({}, { format: ANTHROPIC_MESSAGES });
    expect(estimatedAnswer(call, told, size)).toEqual({
      usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 10 },
    });
  });
});
