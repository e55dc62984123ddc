import { describe, expect, it } from "vitest";
import { withTerms } from "./terms.ts";

describe("the most output that budgets allow", () => {
  it.each([
    ["of a reasoning model", "/chat/completions", "openai", { model: "o3" }, { max_completion_tokens: 100 }],
    ["of another provider", "/chat/completions", "groq", {}, { max_tokens: 100 }],
    ["in the name that was used", "/chat/completions", "openai", { max_tokens: 500 }, { max_tokens: 100 }],
    ["for each of several answers", "/chat/completions", "openai", { n: 4 }, { max_completion_tokens: 25 }],
    ["of a completion", "/completions", "openai", {}, { max_tokens: 100 }],
    ["of a response", "/responses", "openai", { max_output_tokens: 200 }, { max_output_tokens: 100 }],
    [
      "never more than asked for",
      "/responses",
      "openai",
      { max_output_tokens: 20 },
      { max_output_tokens: 20 },
    ],
    ["not of embeddings", "/embeddings", "openai", {}, {}],
  ])("is asked for %s", (_name, path, service, body, changed) => {
    expect(withTerms(path, service, body, { outputTokensMax: 100 })).toEqual({ ...body, ...changed });
  });

  it("is what a response takes at least", () => {
    expect(withTerms("/responses", "openai", {}, { outputTokensMax: 3 })).toEqual({ max_output_tokens: 16 });
  });

  it("leaves a request as it is where there are no terms", () => {
    const body = { model: "a" };
    expect(withTerms("/chat/completions", "openai", body, {})).toBe(body);
  });
});
