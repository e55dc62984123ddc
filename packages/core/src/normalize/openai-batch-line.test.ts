import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const lineOf = (body: object, status_code = 200) => ({
  id: "batch_req_123",
  custom_id: "request-2",
  response: { status_code, request_id: "req_123", body },
  error: null,
});

describe("usage of a line of a batch", () => {
  // https://developers.openai.com/api/docs/guides/batch, the first line of the output file.
  it("is that of the answer in it, at the batch tier", () => {
    const body = {
      id: "chatcmpl-123",
      object: "chat.completion",
      created: 1711652795,
      model: "gpt-3.5-turbo-0125",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello." },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 22, completion_tokens: 2, total_tokens: 24 },
      service_tier: "default",
    };
    expect(normalizeUsage("openai.batch_line", lineOf(body))).toEqual({
      service: "openai",
      model: "gpt-3.5-turbo-0125",
      requestId: "chatcmpl-123",
      served: { tier: "batch" },
      usage: { input: 22, output: 2 },
      usageProblems: [],
    });
  });

  it("is read by the kind of answer", () => {
    const usageOf = (body: object) => normalizeUsage("openai.batch_line", lineOf(body)).usage;
    const embeddings = {
      object: "list",
      data: [{}],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    const response = {
      id: "resp_1",
      object: "response",
      model: "gpt-5.4",
      output: [{ type: "file_search_call", status: "completed" }],
      usage: { input_tokens: 5, output_tokens: 6, total_tokens: 11 },
    };
    const images = {
      created: 1713833628,
      data: [{ b64_json: "iVBORw0" }],
      usage: { input_tokens: 5, output_tokens: 60, total_tokens: 65 },
    };
    expect(usageOf(embeddings)).toEqual({ input: 8 });
    expect(usageOf(response)).toEqual({ input: 5, output: 6, file_search: 1 });
    expect(usageOf(images)).toMatchObject({ input: 5, image_output: 60 });
  });

  it("is named by the request, where the answer in it has no id", () => {
    const body = {
      object: "list",
      data: [],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(normalizeUsage("openai.batch_line", lineOf(body)).requestId).toBe("req_123");
  });
});

describe("a line of a batch that failed", () => {
  it("has the class of the error, no message and no usage", () => {
    const body = {
      error: {
        message: "Ada is not a model",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      },
    };
    expect(normalizeUsage("openai.batch_line", lineOf(body, 400), { request: { model: "gpt-ada" } })).toEqual(
      {
        service: "openai",
        model: "gpt-ada",
        requestId: "req_123",
        served: { tier: "batch" },
        requested: { model: "gpt-ada" },
        usage: {},
        error: "invalid_request_error",
        usageProblems: [],
      },
    );
  });

  // https://developers.openai.com/api/docs/guides/batch#batch-expiration
  it("has the code of one that expired", () => {
    const line = {
      id: "batch_req_123",
      custom_id: "request-3",
      response: null,
      error: {
        code: "batch_expired",
        message: "This request could not be executed before the completion window expired.",
      },
    };
    expect(normalizeUsage("openai.batch_line", line)).toMatchObject({
      requestId: "batch_req_123",
      error: "batch_expired",
      usage: {},
    });
  });

  it("has the status where no class is told", () => {
    expect(normalizeUsage("openai.batch_line", lineOf({}, 503)).error).toBe("http_503");
  });
});
