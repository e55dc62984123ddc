import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { MetricInput } from "@ai-usage/client/leases";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecorder } from "../recording/recorder.ts";
import { withBatchContext } from "./batch-context.ts";
import { currentUsageContext, type UsageContext, withUsageContext } from "./usage-context.ts";

/** What one of many that run at once does: it pauses in some way, calls, opens contexts, starts things side by side. */
type Step =
  | { readonly kind: "pause"; readonly by: keyof typeof pauses }
  | { readonly kind: "call" }
  | { readonly kind: "context"; readonly context: UsageContext; readonly steps: readonly Step[] }
  | { readonly kind: "batch"; readonly batchId: string; readonly steps: readonly Step[] }
  | { readonly kind: "parallel"; readonly branches: readonly (readonly Step[])[] };

const pauses = {
  microtask: () => Promise.resolve(),
  immediate: () => new Promise<void>((resolve) => setImmediate(resolve)),
  nextTick: () => new Promise<void>((resolve) => process.nextTick(resolve)),
  timer: () => wait(0),
  thenable: async () => {
    // biome-ignore lint/suspicious/noThenProperty: what awaits one leaves the usual path of promises.
    await { then: (resolve: () => void) => setImmediate(resolve) };
  },
};

const context: fc.Arbitrary<UsageContext> = fc.record(
  {
    team: fc.constantFrom("growth", "atlas"),
    feature: fc.constantFrom("draft", "search"),
    operation: fc.constantFrom("answer", "rank"),
    metadata: fc.dictionary(fc.constantFrom("department", "campaign"), fc.constantFrom("a", "b"), {
      noNullPrototype: true,
    }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const { steps } = fc.letrec<{ steps: readonly Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
  step: fc.oneof(
    { maxDepth: 3, depthIdentifier: "step" },
    fc.record({ kind: fc.constant("call" as const) }),
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("pause" as const),
        by: fc.constantFrom(...(Object.keys(pauses) as (keyof typeof pauses)[])),
      }),
    },
    fc.record({ kind: fc.constant("context" as const), context, steps: tie("steps") }),
    fc.record({
      kind: fc.constant("batch" as const),
      batchId: fc.constantFrom("b-1", "b-2"),
      steps: tie("steps"),
    }),
    fc.record({
      kind: fc.constant("parallel" as const),
      branches: fc.array(tie("steps"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

/** What a context says after one was opened inside of it: put down once more, in the plainest way. */
function opened(outer: UsageContext, inner: UsageContext): UsageContext {
  const metadata = { ...outer.metadata, ...inner.metadata };
  return { ...outer, ...inner, ...((outer.metadata ?? inner.metadata) && { metadata }) };
}

const CONTEXTS = 1_000;

describe("1,000 contexts at once", () => {
  it("never mix, whatever their work awaits, starts and opens inside", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const programs = fc.sample(steps, { seed, numRuns: 40 });
        const metrics: MetricInput[] = [];
        const take = (metric: MetricInput) => metrics.push(metric);
        const recorder = createRecorder({ take, onProblem: () => {}, defaults: {} });
        const expected = new Map<string, UsageContext>();
        const mixed: unknown[] = [];
        let calls = 0;

        const run = async (program: readonly Step[], said: UsageContext): Promise<number> => {
          let count = 0;
          for (const step of program) {
            count += await walk(step, said);
            if (!isDeepStrictEqual(plain(currentUsageContext()), said))
              mixed.push([currentUsageContext(), said]);
          }
          return count;
        };
        const walk = async (step: Step, said: UsageContext): Promise<number> => {
          switch (step.kind) {
            case "pause":
              await pauses[step.by]();
              return 0;
            case "call": {
              const requestId = `call-${calls++}`;
              expected.set(requestId, said);
              const call = recorder.begin({ service: "openai", operation: "chat.completions" });
              await Promise.resolve();
              call.succeeded({}, { requestId });
              return 1;
            }
            case "context":
              return withUsageContext(step.context, () => run(step.steps, opened(said, step.context)));
            case "batch":
              return withBatchContext({ batchId: step.batchId }, async (batch) => {
                const count = await run(step.steps, opened(said, { batchId: step.batchId }));
                if (batch.usage.calls !== count) mixed.push([batch.usage, count]);
                return count;
              });
            case "parallel": {
              const counts = await Promise.all(step.branches.map((branch) => run(branch, said)));
              return counts.reduce((sum, count) => sum + count, 0);
            }
            default:
              return step satisfies never;
          }
        };

        const users = Array.from({ length: CONTEXTS }, (_, index) => ({ userId: `user-${index}` }));
        const counts = await Promise.all(
          users.map((user, index) =>
            withUsageContext(user, () => run(programs[index % programs.length] ?? [], user)),
          ),
        );
        expect(mixed[0]).toBeUndefined();
        expect(metrics).toHaveLength(counts.reduce((sum, count) => sum + count, 0));
        const wrong = metrics.filter(
          (metric) => !isDeepStrictEqual(attributionOf(metric), expected.get(metric.request_id)),
        );
        expect(wrong[0]).toBeUndefined();
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

/** Without who listens. */
const plain = (context: UsageContext): UsageContext => Object.fromEntries(Object.entries(context));

function attributionOf(metric: MetricInput): UsageContext {
  const { user_id: userId, team, feature, batch_id: batchId, metadata, operation } = metric;
  const said = {
    userId,
    team,
    feature,
    batchId,
    metadata,
    ...(operation !== "chat.completions" && { operation }),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
