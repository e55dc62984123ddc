import { BudgetExhaustedError } from "@ai-usage/client/leases";
import { describe, expect, expectTypeOf, it } from "vitest";
import { withFallback } from "./with-fallback.ts";

const refused = () =>
  new BudgetExhaustedError({
    type: "urn:ai-usage:problem:budget-exhausted",
    ...{
      title: "Budget exhausted",
      status: 402,
      detail: "nothing left",
      budgets: [],
      retry_after_seconds: 60,
    },
  });

const fails = (error: Error) => async (): Promise<string> => {
  throw error;
};

describe("withFallback", () => {
  it("makes a call in the first way that no budget refuses, and in no other", async () => {
    const never = () => expect.unreachable();
    const answer = await withFallback([fails(refused()), async () => 42, never]);
    expect(answer).toBe(42);
  });

  it("has the types of all answers", async () => {
    const answer = await withFallback([async () => "text", () => 42]);
    expectTypeOf(answer).toEqualTypeOf<string | number>();
    expect(answer).toBe("text");
  });

  it("fails with other errors at once, unless the caller accepts them", async () => {
    const down = new Error("down");
    await expect(withFallback([fails(down), async () => "other"])).rejects.toBe(down);
    expect(await withFallback([fails(down), async () => "other"], { on: (error) => error === down })).toBe(
      "other",
    );
  });

  it("fails with what the last one failed with", async () => {
    const last = refused();
    await expect(withFallback([fails(refused()), fails(last)])).rejects.toBe(last);
    await expect(withFallback([])).rejects.toBeInstanceOf(TypeError);
  });
});
