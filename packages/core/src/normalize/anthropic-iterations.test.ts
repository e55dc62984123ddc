import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const read = (model: string, usage: object) =>
  normalizeUsage("anthropic.messages", { id: "msg_01", type: "message", model, content: [], usage });

describe("a message that several models made", () => {
  // https://github.com/ccusage/ccusage/issues/1115: Sonnet asks Opus. The third iteration follows from the sums.
  it("has the advisor's tokens beside those of the model that asked it", () => {
    const { usage, alsoUsed, usageProblems } = read("claude-sonnet-4-6", {
      input_tokens: 2,
      output_tokens: 491,
      cache_read_input_tokens: 226584,
      cache_creation_input_tokens: 7853,
      iterations: [
        {
          type: "message",
          input_tokens: 1,
          output_tokens: 45,
          cache_read_input_tokens: 109696,
          cache_creation_input_tokens: 7192,
        },
        {
          type: "advisor_message",
          model: "claude-opus-4-7",
          input_tokens: 159419,
          output_tokens: 7805,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 0,
        },
        {
          type: "message",
          input_tokens: 1,
          output_tokens: 446,
          cache_read_input_tokens: 116888,
          cache_creation_input_tokens: 661,
        },
      ],
    });
    expect(usage).toEqual({ input: 2, cache_read: 226584, cache_write_5m: 7853, output: 491 });
    expect(alsoUsed).toEqual([
      { model: "claude-opus-4-7", usage: { input: 159419, cache_read: 0, cache_write_5m: 0, output: 7805 } },
    ]);
    expect(usageProblems).toEqual([]);
  });

  it("has the advisor's tokens beside them too where a model asks itself", () => {
    const { usage, alsoUsed } = read("claude-opus-5", {
      input_tokens: 10,
      output_tokens: 20,
      iterations: [
        { type: "message", model: "claude-opus-5", input_tokens: 10, output_tokens: 20 },
        { type: "advisor_message", model: "claude-opus-5", input_tokens: 500, output_tokens: 60 },
      ],
    });
    expect(usage).toEqual({ input: 10, output: 20 });
    expect(alsoUsed).toEqual([{ model: "claude-opus-5", usage: { input: 500, output: 60 } }]);
  });

  // https://github.com/ccusage/ccusage/issues/1552: the top repeats the attempt that served, and that alone.
  it("has the attempt of a model that declined in the middle, which is billed at that model's prices", () => {
    const { model, usage, alsoUsed, usageProblems } = read("claude-opus-4-8", {
      input_tokens: 2,
      output_tokens: 13658,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 79214,
      iterations: [
        {
          type: "message",
          model: "claude-fable-5",
          input_tokens: 2,
          output_tokens: 578,
          cache_creation_input_tokens: 10421,
          cache_read_input_tokens: 72769,
        },
        {
          type: "fallback_message",
          model: "claude-opus-4-8",
          input_tokens: 2,
          output_tokens: 13658,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 79214,
        },
      ],
    });
    expect(model).toBe("claude-opus-4-8");
    expect(usage).toEqual({ input: 2, cache_read: 79214, cache_write_5m: 0, output: 13658 });
    expect(alsoUsed).toEqual([
      { model: "claude-fable-5", usage: { input: 2, cache_read: 72769, cache_write_5m: 10421, output: 578 } },
    ]);
    expect(usageProblems).toEqual([]);
  });

  // https://github.com/anthropics/claude-cookbooks/blob/main/fable_5_fallback_billing/guide.ipynb, section 2.
  it("leaves out the attempt of a model that declined before any output, which is not billed", () => {
    const { usage, alsoUsed } = read("claude-opus-4-8", {
      input_tokens: 412,
      output_tokens: 264,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      iterations: [
        {
          type: "message",
          model: "claude-fable-5",
          input_tokens: 408,
          output_tokens: 0,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 0,
        },
        {
          type: "fallback_message",
          model: "claude-opus-4-8",
          input_tokens: 412,
          output_tokens: 264,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 0,
        },
      ],
    });
    expect(usage).toEqual({ input: 412, cache_read: 0, cache_write_5m: 0, output: 264 });
    expect(alsoUsed).toBeUndefined();
  });
});

describe("a message before which the context was compacted", () => {
  // https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
  it("has the tokens of that beside its own, for the top leaves them out", () => {
    const { usage, alsoUsed, usageProblems } = read("claude-opus-4-6", {
      input_tokens: 23000,
      output_tokens: 1000,
      iterations: [
        { type: "compaction", input_tokens: 180000, output_tokens: 3500 },
        { type: "message", input_tokens: 23000, output_tokens: 1000 },
      ],
    });
    expect(usage).toEqual({ input: 23000, output: 1000 });
    expect(alsoUsed).toEqual([{ model: "claude-opus-4-6", usage: { input: 180000, output: 3500 } }]);
    expect(usageProblems).toEqual([]);
  });
});

describe("iterations of one model", () => {
  it("are the message's own, also where its name bears the date of a snapshot", () => {
    const { usage, alsoUsed } = read("claude-haiku-4-5-20251001", {
      input_tokens: 30,
      output_tokens: 12,
      iterations: [
        { type: "message", model: "claude-haiku-4-5", input_tokens: 10, output_tokens: 5 },
        { type: "message", model: "claude-haiku-4-5", input_tokens: 20, output_tokens: 7 },
      ],
    });
    expect(usage).toEqual({ input: 30, output: 12 });
    expect(alsoUsed).toBeUndefined();
  });

  it("are believed where the top tells no more than the first of them", () => {
    const { usage, usageProblems } = read("claude-sonnet-4-6", {
      input_tokens: 10,
      cache_creation_input_tokens: 40,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 40 },
      output_tokens: 12,
      iterations: [
        {
          type: "message",
          input_tokens: 10,
          output_tokens: 5,
          cache_creation_input_tokens: 40,
          cache_creation: null,
        },
        {
          type: "message",
          input_tokens: 25,
          output_tokens: 7,
          cache_creation_input_tokens: 0,
          cache_creation: null,
        },
      ],
    });
    expect(usage).toEqual({ input: 35, cache_write_5m: 0, cache_write_1h: 40, output: 12 });
    expect(usageProblems).toEqual([]);
  });

  it("are told where they are less than the top", () => {
    const { usage, usageProblems } = read("claude-sonnet-4-6", {
      input_tokens: 10,
      output_tokens: 12,
      iterations: [{ type: "message", input_tokens: 10, output_tokens: 5 }],
    });
    expect(usage).toEqual({ input: 10, output: 12 });
    expect(usageProblems).toEqual(["usage.iterations have 5 output tokens, and the message 12"]);
  });
});
