import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inputNames } from "../../.github/actions/track-ai-usage/src/inputs.ts";
import { metricsOf } from "../../.github/actions/track-ai-usage/src/metric-of.ts";
import { readUsageFile } from "../../.github/actions/track-ai-usage/src/usage-file.ts";
import { featureOf, workflowRunOf } from "../../.github/actions/track-ai-usage/src/workflow-run.ts";
import { readDocPage } from "../support/doc-snippets.ts";

const directory = mkdtempSync(join(tmpdir(), "ai-usage-action-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = join(directory, "file.json");
const written = (text: string) => {
  writeFileSync(file, text);
  return file;
};

describe("a file of usage", () => {
  const [a, b] = ['{"service":"a"}', '{"service":"b"}'];

  it.each([
    ["lines, with empty ones and Windows line ends", `\ufeff${a}\r\n\r\n${b}\r\n`, ["line 1", "line 3"]],
    ["a list", `[${a},\n${b}]`, ["the document, entry 1", "the document, entry 2"]],
    [
      "a document over several lines",
      JSON.stringify({ metrics: [JSON.parse(a)] }, null, 2),
      ["the document"],
    ],
    ["a list in each line", `[${a},${b}]\n`, ["line 1, entry 1", "line 1, entry 2"]],
    ["nothing", "\n", []],
  ])("is read as %s", (_, text, places) => {
    const { entries, unreadable } = readUsageFile(written(text));
    expect({ places: entries.map(({ where }) => where), unreadable }).toEqual({ places, unreadable: [] });
  });

  it("tells where half a line is, a number, a text, and keeps what is around them", () => {
    const { entries, unreadable } = readUsageFile(
      written(`${a}\n5\n"my secret plan"\n${b.slice(0, 9)}\n${b}`),
    );
    expect(entries.map(({ where }) => where)).toEqual(["line 1", "line 5"]);
    expect(unreadable).toEqual(["line 2", "line 3", "line 4"]);
  });
});

describe("an entry of it", () => {
  const circumstances = {
    defaults: { team: "growth", job_id: "github-run-1" },
    metadata: Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`github_${index}`, "x"])),
    timestamp: "2026-11-25T10:00:00Z",
    origin: "job",
  };
  const read = (value: object) => metricsOf([{ value: { ...value }, where: "line 1" }], circumstances)[0];

  it("keeps what it says of itself, but not against what the run knows", () => {
    const value = {
      service: "x",
      team: "care",
      github_pr: 7,
      timestamp: "2026-11-24T10:00:00Z",
      metadata: { github_0: "y" },
    };
    const [read] = metricsOf([{ value, where: "line 1" }], { ...circumstances, pullRequest: 42 });
    expect(read).toMatchObject({
      metric: {
        team: "care",
        github_pr: 42,
        job_id: "github-run-1",
        timestamp: value.timestamp,
        metadata: { github_0: "x" },
      },
    });
  });

  it("has room for 20 metadata, its own first", () => {
    const metadata = Object.fromEntries(Array.from({ length: 18 }, (_, index) => [`own_${index}`, index]));
    expect(read({ service: "x", metadata })).toMatchObject({
      metric: { metadata: { ...metadata, github_0: "x", github_1: "x" } },
    });
  });

  it.each([
    [{ choices: [] }, "line 1 is neither a metric nor an answer"],
    [{ response: { usage: {} }, format: "openai.chats" }, "line 1 names a format that is not known"],
    [{ response: { usage: {} }, messages: [] }, "line 1 has fields that are none of a metric (1)"],
  ])("that is %o is told by its place", (value, problem) => {
    expect(read(value)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it("is told from one of the same content by its place alone", () => {
    const entries = [{ service: "x" }, { service: "y" }, { service: "x" }].map((value) => ({
      value,
      where: "",
    }));
    const ids = () => JSON.stringify(metricsOf(entries, circumstances)).match(/github-[0-9a-f]{40}/g);
    expect(new Set(ids()).size).toBe(3);
    expect(ids()).toEqual(ids());
  });
});

describe("the pull request", () => {
  const told = { callsOf: "this-job", prNumber: undefined } as const;
  const found = (event: object, GITHUB_REF = "refs/heads/main") =>
    workflowRunOf({ GITHUB_EVENT_PATH: written(JSON.stringify(event)), GITHUB_REF }, told).pullRequest;

  it.each([
    ["pull_request", { pull_request: { number: 42 } }, "refs/pull/42/merge", 42],
    ["issue_comment on one", { issue: { number: 43, pull_request: {} } }, undefined, 43],
    ["issue_comment on an issue", { issue: { number: 43 } }, undefined, undefined],
    ["workflow_run", { workflow_run: { pull_requests: [{ number: 44 }] } }, undefined, 44],
    ["workflow_run of a fork", { workflow_run: { pull_requests: [] } }, undefined, undefined],
    ["merge_group", {}, "refs/heads/gh-readonly-queue/main/pr-45-0a1b2c3d4e5f", 45],
    ["push", { ref: "refs/heads/main" }, undefined, undefined],
    ["a number that is none", { pull_request: { number: "$(id)" } }, undefined, undefined],
  ])("of %s", (_, event, ref, number) => {
    expect(found(event, ref)).toBe(number);
  });

  it("is the one that is given, whatever the event says", () => {
    const env = { GITHUB_EVENT_PATH: written('{"pull_request": {"number": 42}}') };
    expect(workflowRunOf(env, { ...told, prNumber: 7 }).pullRequest).toBe(7);
  });
});

describe("the feature", () => {
  it.each([
    ["Review #1", "Review 1"],
    [`\u0007${"x".repeat(200)}`, "x".repeat(64)],
    ["###", undefined],
  ])("of the workflow %j is %j", (workflow, feature) => {
    const run = workflowRunOf({ GITHUB_WORKFLOW: workflow }, { callsOf: "this-job", prNumber: undefined });
    expect(featureOf(run)).toBe(feature);
  });
});

describe("docs/github-actions.md", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/github-actions.md", import.meta.url)), "utf8");
  const workflow = readFileSync(
    fileURLToPath(new URL("../../.github/workflows/track-ai-usage.yml", import.meta.url)),
    "utf8",
  );
  const examples = readDocPage(page).snippets.filter(({ language }) => language === "yaml");

  it("gives the action and the workflow inputs that they have", () => {
    const called = parse(workflow).on.workflow_call;
    const known = { action: [...inputNames], workflow: Object.keys(called.inputs) };
    const uses = examples.flatMap(({ text }) => usesIn(parse(text)));
    expect(uses.filter(({ of }) => of === "action")).toHaveLength(3);
    expect(uses.filter(({ of }) => of === "workflow")).toHaveLength(2);
    for (const { of, inputs } of uses) {
      expect(known[of]).toEqual(expect.arrayContaining(inputs));
      expect(inputs).toContain("api-url");
    }
  });
});

interface Use {
  readonly of: "action" | "workflow";
  readonly inputs: string[];
}

/** Where an example uses what is ours, however deep. */
function usesIn(value: unknown): Use[] {
  if (typeof value !== "object" || value === null) return [];
  const { uses, with: inputs } = value as { readonly uses?: string; readonly with?: object };
  const of = /\/(actions|workflows)\/track-ai-usage/.exec(uses ?? "")?.[1];
  if (of === undefined) return Object.values(value).flatMap(usesIn);
  return [{ of: of === "actions" ? "action" : "workflow", inputs: Object.keys(inputs ?? {}) }];
}
