import { describe, expect, it } from "vitest";
import { withTerms } from "./terms.ts";

describe("the most output that budgets allow of a message", () => {
  it.each([
    ["is asked for", { max_tokens: 500 }, { max_tokens: 100 }],
    ["is never more than was asked for", { max_tokens: 50 }, { max_tokens: 50 }],
    ["holds for the older completions", { max_tokens_to_sample: 500 }, { max_tokens_to_sample: 100 }],
  ])("%s", (_name, body, sent) => {
    expect(withTerms(body, { outputTokensMax: 100 })).toEqual(sent);
  });

  it("leaves less to think, as far as that can be", () => {
    const body = { max_tokens: 9_000, thinking: { type: "enabled", budget_tokens: 4_000 } };
    expect(withTerms(body, { outputTokensMax: 3_000 })).toEqual({
      max_tokens: 3_000,
      thinking: { type: "enabled", budget_tokens: 2_999 },
    });
    expect(withTerms(body, { outputTokensMax: 100 })).toEqual({
      max_tokens: 1_025,
      thinking: { type: "enabled", budget_tokens: 1_024 },
    });
  });

  it("comes with another model", () => {
    const body = { model: "claude-opus-5-5", max_tokens: 5 };
    expect(withTerms(body, { model: "claude-haiku-5-5" })).toEqual({ ...body, model: "claude-haiku-5-5" });
  });
});
