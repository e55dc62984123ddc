import { describe, expect, it } from "vitest";
import { workOnAll } from "./work-on-all.ts";

describe("work on several restatements", () => {
  it("goes on after one that fails, and tells of it in the end", async () => {
    const done: string[] = [];
    const work = workOnAll(["a", "b", "c"], async (id) => {
      if (id === "b") throw new Error("the table is busy");
      done.push(id);
    });
    await expect(work).rejects.toThrow("the next sweep goes on with b (the table is busy)");
    expect(done).toEqual(["a", "c"]);
  });
});
