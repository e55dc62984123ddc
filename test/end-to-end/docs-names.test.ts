import { readFileSync } from "node:fs";
import { AIUsageClient, type MetricInput } from "@ai-usage/client";
import { Tracker } from "@ai-usage/tracker";
import { describe, expect, it } from "vitest";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

/** Rows of the tables whose first cell of the head is `head`, cell by cell. */
function rowsOf(markdown: string, head: string): string[][] {
  const tables = markdown.split(/\n(?=\n)/).map((block) => block.trim().split("\n"));
  return tables
    .filter(([first = ""]) => first.startsWith(`| ${head} |`))
    .flatMap(([, , ...rows]) => rows.map((row) => row.split("|").slice(1, -1)));
}

const codeIn = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** What stands before a colon or a `with`; after that come options, and what is answered. */
const namesIn = (cell = ""): string[] =>
  codeIn(cell.split(/: | with /)[0]).filter((code) => /^[A-Za-z]\w*(\.\w+)?$/.test(code));

describe("docs/coming-from.md", () => {
  const named = new Map(
    rowsOf(page("coming-from.md"), "Theirs").flatMap(([, ours, from]) =>
      codeIn(from).flatMap((entry) =>
        namesIn(ours).map((name) => [`${name} ${entry}`, [name, entry] as const]),
      ),
    ),
  );

  it.each([...named.values()])("%s is in %s", async (name, entry) => {
    const exported: Readonly<Record<string, unknown>> = await import(entry);
    const [first = "", member] = name.split(".");
    const holders: Readonly<Record<string, unknown>> = {
      tracker: Tracker.prototype,
      client: AIUsageClient.prototype,
    };
    const holder = member === undefined ? exported : (holders[first] ?? exported[first]);
    expect((member ?? first) in Object(holder)).toBe(true);
  });

  it("has something for each name that is somebody else's", () => {
    for (const [theirs, ours] of rowsOf(page("coming-from.md"), "Theirs"))
      expect(ours?.trim(), theirs).not.toBe("");
    expect(named.size).toBeGreaterThan(40);
  });
});

/** Of metrics that are sent otherwise: no tracker sets them. */
type NotTracked =
  | "input_tokens"
  | "output_tokens"
  | "total_tokens"
  | "call_count"
  | "billing_account"
  | "response_quality_score";

const TRACKED = {
  request_id: true,
  ...{ service: true, model: true, operation: true },
  ...{ timestamp: true, latency_ms: true, time_to_first_token_ms: true, attempts: true },
  ...{ usage: true, also_used: true, usage_estimated: true, usage_problems: true },
  ...{ served: true, requested: true, refusal: true, cost_usd: true, error: true },
  ...{ user_id: true, team: true, feature: true, environment: true, job_id: true, batch_id: true },
  ...{ github_pr: true, metadata: true, prompt_hash: true, lease_id: true },
} satisfies Record<Exclude<keyof MetricInput, NotTracked>, true>;

describe("docs/privacy.md", () => {
  it("names every field that a tracker may send of a call, and no other", () => {
    const fields = rowsOf(page("privacy.md"), "Field").flatMap(([names]) => codeIn(names));
    expect(fields.toSorted()).toEqual(Object.keys(TRACKED).toSorted());
  });
});
