import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countedCalls } from "./counted-calls.ts";
import { chat, spanOf } from "./fixtures.ts";
import type { Attributes, OtlpSpan } from "./span.ts";

const countedIn = (spans: readonly OtlpSpan[]) =>
  countedCalls(spans).calls.map(({ span }) => span.spanId.replace(/^0+/, ""));
const rejectedIn = (spans: readonly OtlpSpan[]) => countedCalls(spans).rejected.map(({ field }) => field);

const { "gen_ai.operation.name": _, ...withoutOperation } = chat;
const without = (name: string): Attributes =>
  Object.fromEntries(Object.entries(chat).filter(([one]) => one !== name));
const operation = (name: string): Attributes => ({ ...chat, "gen_ai.operation.name": name });

describe("a call", () => {
  it.each([
    "chat",
    "text_completion",
    "embeddings",
    "generate_content",
    "image_generation",
    "fetch_response",
    "rerank",
  ])("is a span whose operation is %s", (name) => {
    expect(countedIn([spanOf("a", operation(name))])).toEqual(["a"]);
  });

  it("is a span of former conventions, of OpenInference and of the AI SDK", () => {
    const spans = [
      spanOf("a", { ...withoutOperation, "llm.request.type": "chat" }),
      spanOf("b", {
        "openinference.span.kind": "LLM",
        "llm.provider": "openai",
        "llm.model_name": "gpt-4o",
        "llm.token_count.prompt": 10,
      }),
      spanOf("c", {
        "ai.operationId": "ai.embedMany.doEmbed",
        "ai.model.provider": "openai.embedding",
        "ai.model.id": "text-embedding-3-small",
        "ai.usage.tokens": 28,
      }),
    ];
    expect(countedIn(spans)).toEqual(["a", "b", "c"]);
  });

  it("is a span that does not say what it is but has provider, model and usage", () => {
    expect(countedIn([spanOf("a", withoutOperation), spanOf("b", operation("frobnicate"))])).toEqual([
      "a",
      "b",
    ]);
  });

  it("is one that failed before it used anything", () => {
    const failed = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" };
    expect(countedIn([spanOf("a", failed, { failed: true })])).toEqual(["a"]);
  });
});

describe("no call, and nothing to be told of,", () => {
  it.each<[string, Attributes]>([
    ["an HTTP request", { "http.request.method": "POST" }],
    ["an agent", operation("invoke_agent")],
    ["a step of an agent", operation("agent_step")],
    ["a workflow", operation("invoke_workflow")],
    ["a cycle of an event loop", operation("execute_event_loop_cycle")],
    ["a tool", operation("execute_tool")],
    ["a search in memory", operation("search_memory")],
    ["a chain of OpenInference", { ...chat, "openinference.span.kind": "CHAIN" }],
    ["the outer span of the AI SDK", { ...withoutOperation, "ai.operationId": "ai.generateText" }],
    ["a workflow of OpenLLMetry", { ...withoutOperation, "traceloop.span.kind": "workflow" }],
    ["one with usage and no model", { "gen_ai.system": "openai", "gen_ai.usage.input_tokens": 5 }],
  ])("is %s", (_what, attributes) => {
    expect(countedCalls([spanOf("a", attributes)])).toEqual({ calls: [], rejected: [] });
  });
});

describe("a call that cannot be counted", () => {
  it.each<[string, OtlpSpan]>([
    ["gen_ai.provider.name", spanOf("a", without("gen_ai.provider.name"))],
    [
      "gen_ai.usage.input_tokens",
      spanOf("a", { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" }),
    ],
    ["startTimeUnixNano", spanOf("a", chat, { start: undefined })],
    ["traceId", spanOf("a", chat, { traceId: "ab" })],
    ["traceId", spanOf("a", chat, { spanId: "" })],
  ])("is rejected by the name %s", (field, span) => {
    expect(countedIn([span])).toEqual([]);
    expect(rejectedIn([span])).toEqual([field]);
  });

  it("needs no id of its span when the provider has given one", () => {
    const span = spanOf("a", { ...chat, "gen_ai.response.id": "chatcmpl-1" }, { traceId: "" });
    expect(countedIn([span])).toEqual(["a"]);
  });
});

describe("calls in one another", () => {
  it("count once, the innermost, however far apart and in whichever order they come", () => {
    const spans = [spanOf("a"), spanOf("b/a", { "http.route": "/" }), spanOf("c/b"), spanOf("d/b")];
    expect(countedIn(spans)).toEqual(["c", "d"]);
    expect(countedIn(spans.toReversed())).toEqual(["d", "c"]);
  });

  it("count the outer one when what failed inside was got over", () => {
    const failed = spanOf(
      "b/a",
      { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" },
      { failed: true },
    );
    expect(countedIn([spanOf("a"), failed])).toEqual(["a", "b"]);
    expect(countedIn([spanOf("a", failed.attributes, { failed: true }), failed])).toEqual(["b"]);
  });

  it("do not ask for the usage of what is around", () => {
    expect(rejectedIn([spanOf("a", without("gen_ai.usage.input_tokens")), spanOf("b/a")])).toEqual([]);
    const bare = { "gen_ai.operation.name": "chat" };
    expect(rejectedIn([spanOf("a", bare), spanOf("b/a")])).toEqual([]);
  });

  it("are of one trace: the same id in another is another span", () => {
    const elsewhere = spanOf("b/a", chat, { traceId: "0".repeat(32) });
    expect(countedIn([spanOf("a"), elsewhere])).toEqual(["a", "b"]);
  });

  it("may claim to be in one another in a circle", () => {
    expect(countedIn([spanOf("a/b"), spanOf("b/a"), spanOf("c/c")])).toEqual([]);
  });

  it("count each leaf of any forest once, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.boolean()),
        (picks, isCalls) => {
          const nodes = picks.map((pick, index) => ({
            id: String(index + 1),
            // 0 is no span: a root.
            parent: pick % (index + 1),
            isCall: isCalls.next().value,
          }));
          const spans = nodes.map(({ id, parent, isCall }) =>
            spanOf(parent === 0 ? id : `${id}/${parent}`, isCall ? chat : { "http.route": "/" }),
          );
          const isAbove = (id: string, below: (typeof nodes)[number]): boolean => {
            const parent = nodes[below.parent - 1];
            return parent !== undefined && (parent.id === id || isAbove(id, parent));
          };
          const leaves = nodes.filter(
            ({ id, isCall }) => isCall && !nodes.some((other) => other.isCall && isAbove(id, other)),
          );
          expect(countedIn(spans)).toEqual(leaves.map(({ id }) => id));
        },
      ),
    );
  });
});
