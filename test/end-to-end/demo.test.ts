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
    const traffic = trafficOf(readTrace(), Date.now());
    const picoDollars = traffic.reduce((sum, metric) => sum + costOf(metric), 0n);
    const cents = (picoDollars + 5_000_000_000n) / 10_000_000_000n;
    expect(stdout).toContain(`$${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`);
    expect(stdout).toContain("Recorded 8819");
    expect(stdout).toContain("Code review");
    // The budgets are monthly: in the first hour of a month the traffic falls into two.
    const months = new Set(traffic.map(({ timestamp }) => timestamp.slice(0, 7)));
    if (months.size === 1) expect(stdout).toContain("[EXCEEDED] User grace has used up their monthly budget");
    expect(stdout).toContain("npm start");
  });
});
