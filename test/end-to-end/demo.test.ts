import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readTrace, trafficOf } from "@ai-usage/demo";
import { describe, expect, it } from "vitest";
import { costOf } from "../support/independent-sum.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

describe("npm run demo", () => {
  it("sends the trace, reports its exact cost, crosses budgets and mails about it", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "packages/demo/src/main.ts"],
      { cwd: REPOSITORY, env: { ...process.env, NODE_NO_WARNINGS: "1" }, maxBuffer: 10_000_000 },
    );
    const picoDollars = trafficOf(readTrace(), Date.now()).reduce((sum, metric) => sum + costOf(metric), 0n);
    const cents = (picoDollars + 5_000_000_000n) / 10_000_000_000n;
    expect(stdout).toContain(`$${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`);
    expect(stdout).toContain("Recorded 8819");
    expect(stdout).toMatch(/team:review/);
    expect(stdout).toMatch(/\[EXCEEDED\] team:review has used up its monthly budget/);
    expect(stdout).toContain("npm start");
  });
});
