import { describe, expect, it } from "vitest";
import { TrackerConfigurationError } from "./configuration-error.ts";
import { trackerOptionsFromEnv } from "./environment.ts";
import type { VARIABLES } from "./variables.ts";

/** What of each variable could never be. */
const WRONG: Readonly<Record<keyof typeof VARIABLES, string>> = {
  TRACK_AI_USAGE: "maybe",
  ENABLE_COST_TRACKING: "yes",
  ENABLE_COST_MONITORING: "1",
  ENABLE_BUDGET_ENFORCEMENT: "on",
  TRACK_TO_FILE: "ture",
  USER_ID: "a#b",
  AI_USAGE_TEAM: "x".repeat(129),
  AI_USAGE_FEATURE: "a\nb",
  AI_USAGE_ENVIRONMENT: "#",
  AI_USAGE_JOB_ID: "a#",
  AI_USAGE_BATCH_ID: "é".repeat(129),
  AI_USAGE_API_URL: "api.example",
  AI_USAGE_STREAM_USAGE: "sometimes",
  AI_USAGE_USER_ID_KEY: "short-secret",
  AI_USAGE_PROMPT_KEY: "short-secret",
};

describe("trackerOptionsFromEnv", () => {
  it.each(Object.entries(WRONG))("names %s when its value cannot be, and does not show it", (name, value) => {
    const read = () => trackerOptionsFromEnv({ [name]: value });
    expect(read).toThrow(TrackerConfigurationError);
    expect(read).toThrow(new RegExp(`^${name} must be `));
    if (value.length > 8) expect(read).not.toThrow(value);
  });

  it("tells of all that is wrong in one error", () => {
    const wrong = () => trackerOptionsFromEnv({ TRACK_AI_USAGE: "x", AI_USAGE_API_URL: "y", USER_ID: "ada" });
    expect(wrong).toThrow(/TRACK_AI_USAGE must be true or false; AI_USAGE_API_URL must be/);
  });

  it("leaves what the deployment of a stack has to say to that", () => {
    const env = { DAILY_COST_LIMIT: "whatever", SLACK_WEBHOOK_URL: "https://hooks.slack.example/x" };
    expect(trackerOptionsFromEnv(env)).toEqual(trackerOptionsFromEnv({}));
  });

  it("reads who makes the calls, and takes an empty variable for none", () => {
    const { defaults } = trackerOptionsFromEnv({
      USER_ID: "ada",
      AI_USAGE_TEAM: " growth ",
      AI_USAGE_FEATURE: "",
    });
    expect(defaults).toEqual({ userId: "ada", team: "growth" });
  });

  it.each([
    [{}, true],
    [{ TRACK_AI_USAGE: "false" }, false],
    [{ ENABLE_COST_TRACKING: "false" }, false],
    [{ TRACK_AI_USAGE: "true", ENABLE_COST_TRACKING: "true" }, true],
  ])("says of %o that it tracks: %s", (env, enabled) => {
    expect(trackerOptionsFromEnv(env).enabled).toBe(enabled);
  });

  it.each([
    ["true", "ai-usage.jsonl"],
    ["false", undefined],
    ["/var/log/calls.jsonl", "/var/log/calls.jsonl"],
  ])("takes TRACK_TO_FILE=%s for the file %s", (text, file) => {
    expect(trackerOptionsFromEnv({ TRACK_TO_FILE: text }).file).toBe(file);
  });
});
