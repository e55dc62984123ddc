import { describe, expect, it } from "vitest";
import { problemsOnStderr } from "./default-problems.ts";

describe("problems on stderr", () => {
  it("are a line each, of one kind one a minute", () => {
    const lines: string[] = [];
    let now = 0;
    const tell = problemsOnStderr({ write: (line) => lines.push(line), now: () => now });
    const error = new Error("the API\ncannot be reached");
    tell({ kind: "delivery", count: 3, error });
    tell({ kind: "delivery", count: 4, error });
    tell({ kind: "dropped", count: 1, error: new Error("no room") });
    now = 60_000;
    tell({ kind: "delivery", error });
    expect(lines).toEqual([
      "ai-usage: delivery (3 metrics): the API cannot be reached\n",
      "ai-usage: dropped (1 metric): no room\n",
      "ai-usage: delivery: the API cannot be reached\n",
    ]);
  });
});
