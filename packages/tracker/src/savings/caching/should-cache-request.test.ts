import { describe, expect, it } from "vitest";
import { shouldCacheRequest } from "./should-cache-request.ts";

const request = { model: "gpt-4o-mini", temperature: 0, messages: [{ role: "user", content: "Hello" }] };
const reasonOf = (...asked: Parameters<typeof shouldCacheRequest>) => shouldCacheRequest(...asked).reason;

describe("shouldCacheRequest", () => {
  it("caches what is asked again, and tells what that saves, to the last digit", () => {
    expect(shouldCacheRequest(request, { costUsd: "0.0150000001", repeats: 5, ttlSeconds: 60 })).toEqual({
      cache: true,
      reason: "worthwhile",
      ttlSeconds: 60,
      expectedSavingUsd: "0.0750000005",
    });
    expect(shouldCacheRequest(request)).toEqual({ cache: true, reason: "worthwhile", ttlSeconds: 3_600 });
  });

  it.each([
    ["streamed", { ...request, stream: true }],
    ["stateful", { ...request, conversation: "conv_1" }],
    ["stateful", { ...request, background: true }],
    ["tools", { ...request, tools: [{ type: "function" }] }],
    ["tools", { config: { temperature: 0, tools: [{ googleSearch: {} }] } }],
    ["not_repeatable", { ...request, temperature: 0.2 }],
    ["not_repeatable", { ...request, temperature: undefined }],
    ["personal", { ...request, user: "ada" }],
    ["personal", { ...request, metadata: { user_id: "ada" } }],
  ])("does not cache what is %s", (reason, asked) => {
    expect(shouldCacheRequest(asked)).toEqual({ cache: false, reason, ttlSeconds: 0 });
  });

  it("reads the temperature where each API has it", () => {
    for (const place of ["config", "generationConfig", "inferenceConfig"])
      expect(reasonOf({ [place]: { temperature: 0 } }), place).toBe("worthwhile");
  });

  it("believes who says that it may be repeated, that its tools are safe, that it is personal or not", () => {
    expect(reasonOf({ input: "a text" }, { isRepeatable: true })).toBe("worthwhile");
    expect(reasonOf(request, { isRepeatable: false })).toBe("not_repeatable");
    expect(reasonOf({ ...request, tools: [{}] }, { areToolsSafe: true })).toBe("worthwhile");
    expect(reasonOf({ ...request, tools: [] })).toBe("worthwhile");
    expect(reasonOf(request, { isPersonal: true })).toBe("personal");
    expect(reasonOf(request, { isPersonal: true, scope: "team" })).toBe("personal");
    expect(reasonOf(request, { isPersonal: true, scope: "user" })).toBe("worthwhile");
    expect(reasonOf({ ...request, user: "all" }, { isPersonal: false })).toBe("worthwhile");
  });

  it("leaves out what does not pay", () => {
    expect(reasonOf(request, { costUsd: "0.0000099" })).toBe("too_cheap");
    expect(reasonOf(request, { costUsd: "0.00001" })).toBe("worthwhile");
    expect(reasonOf(request, { repeats: 0 })).toBe("seldom_repeated");
    expect(reasonOf(request, { repeats: 2, minRepeats: 3 })).toBe("seldom_repeated");
    expect(() => shouldCacheRequest(request, { costUsd: "much" })).toThrow(RangeError);
  });
});
