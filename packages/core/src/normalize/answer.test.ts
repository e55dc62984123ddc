import { describe, expect, it } from "vitest";
import { fixedPointText } from "../fixed-point.ts";
import { Answer } from "./answer.ts";

const CYCLE: Record<string, unknown> = { lost_tokens: 3 };
CYCLE.again_details = CYCLE;

describe("count", () => {
  it.each([
    ["a number", 12, 12],
    ["zero, which is not absent", 0, 0],
    ["text, as JSON mappings write large integers", "12", 12],
    ["a bigint, as some SDKs read them", 12n, 12],
  ])("is read from %s", (_, tokens, count) => {
    const usage = new Answer({ tokens });
    expect(usage.count("tokens")).toBe(count);
    expect(usage.problems).toEqual([]);
  });

  it.each([
    ["less than nothing", -3, 0, "usage.tokens is -3, less than nothing; read as 0"],
    ["not whole", 2.4, 2, "usage.tokens is 2.4, no whole number; rounded"],
    ["no number", Number.NaN, undefined, "usage.tokens is no number; not read"],
    ["endless", Number.POSITIVE_INFINITY, undefined, "usage.tokens is no number; not read"],
    ["text", "very many", undefined, "usage.tokens is no number; not read"],
    ["an object", {}, undefined, "usage.tokens is no number; not read"],
    ["a switch", true, undefined, "usage.tokens is no number; not read"],
    ["enormous", 1e12, undefined, "usage.tokens is too large to be true; not read"],
  ])("that is %s is told as a problem", (_, tokens, count, problem) => {
    const answer = new Answer({ usage: { tokens } });
    expect(answer.at("usage").count("tokens")).toBe(count);
    expect(answer.problems).toEqual([problem]);
  });

  it.each([undefined, null])("that is %s was not reported", (tokens) => {
    const usage = new Answer({ tokens });
    expect(usage.count("tokens")).toBeUndefined();
    expect(usage.problems).toEqual([]);
  });

  it("under several names is the first that is not zero", () => {
    expect(new Answer({ a: 0, b: 7, c: 8 }).count("a", "b", "c")).toBe(7);
    expect(new Answer({ b: 0 }).count("a", "b")).toBe(0);
  });

  it.each([[undefined], [null], ["text"], [7], [[1, 2]]])("of %j is not there", (value) => {
    expect(new Answer(value).at("usage").count("tokens")).toBeUndefined();
  });

  it("is not read from what an object inherits", () => {
    expect(new Answer({}).at("constructor").isPresent()).toBe(false);
    expect(new Answer([1]).at("length").isPresent()).toBe(false);
  });
});

describe("text", () => {
  it("is a name where it could be kept as one", () => {
    const answer = new Answer({ model: "gpt-5", broken: "two\nlines", long: "x".repeat(200), empty: "" });
    expect(answer.name("nothing", "empty", "model")).toBe("gpt-5");
    expect(answer.name("broken")).toBeUndefined();
    expect(answer.name("long")).toBeUndefined();
    expect(answer.problems).toEqual([
      "broken is no name that can be kept; not read",
      "long is no name that can be kept; not read",
    ]);
  });

  it("is a word where it is one, and else nobody's business", () => {
    const answer = new Answer({ tier: "flex", said: "How do I tell my boss?", n: 5 });
    expect([answer.word("tier"), answer.word("said"), answer.word("n")]).toEqual([
      "flex",
      undefined,
      undefined,
    ]);
    expect(answer.problems).toEqual([]);
  });

  it("has a length in characters, not in halves of them", () => {
    expect(new Answer({ input: "née 🦊" }).lengthOf("input")).toBe(5);
    expect(new Answer({ input: 5 }).lengthOf("input")).toBeUndefined();
  });
});

describe("an amount", () => {
  it.each([
    ["0.00042", "0.00042"],
    [0.00042, "0.00042"],
    [1e-7, "0.0000001"],
    [0, "0"],
    ["0.1234567890123456789", "0.123456789012345679"],
  ])("of %j is %s", (cost, amount) => {
    expect(fixedPointText(new Answer({ cost }).amount("cost") ?? -1n)).toBe(amount);
  });

  it.each([["a dime"], [{}], [1e300]])("is not read from %j", (cost) => {
    expect(new Answer({ cost }).amount("cost")).toBeUndefined();
  });
});

describe("counts that nobody asked for", () => {
  const unknownIn = (value: unknown, ask: (usage: Answer) => unknown = () => undefined) => {
    const usage = new Answer(value);
    ask(usage);
    return usage.unknownCounts().toUsage();
  };

  it("are named by where they stand", () => {
    const usage = {
      dream_tokens: 4,
      prompt_details: { smellTokens: 2 },
      toolCalls: 3,
      a: { b: { pages: 1 } },
    };
    expect(unknownIn(usage)).toEqual({
      x_dream_tokens: 4,
      x_prompt_details_smell_tokens: 2,
      x_tool_calls: 3,
      x_a_b_pages: 1,
    });
  });

  it("are none that were read, are sums, or say again what another says", () => {
    const usage = { input: 5, input_tokens: 5, total_tokens: 9, details: { tokens: 2 }, more: { tokens: 2 } };
    const read = (answer: Answer) => {
      answer.count("input_tokens");
      answer.knows("total_tokens");
      answer.either("details", "more").count("tokens");
    };
    expect(unknownIn(usage, read)).toEqual({});
  });

  it("are none that are zero, count nothing, or are no numbers", () => {
    const usage = { lost_tokens: 0, latency: 12, cost: 0.3, price_ratio: 2, tokens: "many", ids_tokens: [1] };
    expect(unknownIn(usage)).toEqual({});
  });

  it("are not named by what may be text of the call", () => {
    expect(unknownIn({ "tell me of tokens": { tokens: 2 } })).toEqual({ x_unnamed_count_tokens: 2 });
    const long = `${"tell me ".repeat(30)}tokens`;
    expect(unknownIn({ [long]: 2, "my secret_tokens": 3, "how-long": 9 })).toEqual({ x_unnamed_count: 5 });
  });

  it("are found in an object that holds itself", () => {
    expect(Object.values(unknownIn(CYCLE))).toEqual([3, 3, 3, 3, 3]);
  });

  it("are rounded up, so that none is lost", () => {
    expect(unknownIn({ gpu_seconds: 0.2 })).toEqual({ x_gpu_seconds: 1 });
  });
});

describe("problems", () => {
  it("are told once each, and are few and short", () => {
    const answer = new Answer({});
    for (let i = 0; i < 50; i++) answer.report(`${i % 25} ${"is wrong ".repeat(100)}`);
    expect(new Set(answer.problems).size).toBe(10);
    expect(answer.problems.every((problem) => problem.length <= 200)).toBe(true);
  });
});
