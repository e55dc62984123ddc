import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

describe("usage of a line of a message batch", () => {
  // https://platform.claude.com/docs/en/api/retrieving-message-batch-results
  it("is that of the message in it, at the batch tier", () => {
    const line = {
      custom_id: "my-second-request",
      result: {
        type: "succeeded",
        message: {
          id: "msg_014VwiXbi91y3JMjcpyGBHX5",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-5-20250929",
          content: [{ type: "text", text: "Hello again! It's nice to see you." }],
          stop_reason: "end_turn",
          stop_sequence: null,
          usage: { input_tokens: 11, output_tokens: 36 },
        },
      },
    };
    expect(normalizeUsage("anthropic.batch_line", line)).toEqual({
      service: "anthropic",
      model: "claude-sonnet-4-5-20250929",
      requestId: "msg_014VwiXbi91y3JMjcpyGBHX5",
      served: { tier: "batch" },
      usage: { input: 11, output: 36 },
      usageProblems: [],
    });
  });

  // https://platform.claude.com/docs/en/api/messages/batches/results (MessageBatchErroredResult and others)
  it.each([
    [
      { type: "errored", error: { type: "error", error: { type: "invalid_request_error", message: "…" } } },
      "invalid_request_error",
    ],
    [{ type: "canceled" }, "canceled"],
    [{ type: "expired" }, "expired"],
  ])("is a class of error for %j", (result, error) => {
    const request = { model: "claude-sonnet-4-5" };
    expect(
      normalizeUsage("anthropic.batch_line", { custom_id: "my-first-request", result }, { request }),
    ).toEqual({
      service: "anthropic",
      model: "claude-sonnet-4-5",
      served: { tier: "batch" },
      requested: request,
      usage: {},
      error,
      usageProblems: [],
    });
  });
});
