import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { testTracker } from "../testing/test-tracker.ts";
import type { Forge } from "./testing/decorated-forge.ts";

const program = fileURLToPath(new URL("./testing/decorated-forge.ts", import.meta.url));

describe("a decorated method", () => {
  it("does what it did, and is recorded", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
    const { results, metrics, name } = JSON.parse(stdout);
    expect(results).toEqual([21, 5, 0, 1]);
    expect(name).toBe("strike");
    expect(metrics).toMatchObject([
      { service: "acme", model: "anvil-1", operation: "forge", usage: { request: 1 } },
      { operation: "count", usage: { x_blows: 5 } },
      { operation: "spark", usage: { request: 1 } },
    ]);
  });

  it("keeps its type", () => {
    expectTypeOf<Forge["strike"]>().toEqualTypeOf<(times: number) => Promise<number>>();
    const { tracker } = testTracker();
    const count = tracker.tracked({
      service: "acme",
      operation: "count",
      usage: (blows: number) => ({ x_blows: blows }),
    });
    // @ts-expect-error: it reads a number, and the method returns a text.
    expectTypeOf(count).toBeCallableWith(() => "seven", {} as ClassMethodDecoratorContext);
  });
});
