import { describe, expect, it } from "vitest";
import { listedNames } from "./model-name.ts";

describe("model name", () => {
  it.each([
    ["gpt-4o-2024-08-06", "gpt-4o"],
    ["openai/gpt-4o", "gpt-4o"],
    ["models/gemini-2.0-flash-001", "gemini-2.0-flash"],
    ["projects/p/locations/l/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"],
    ["claude-sonnet-4-20250514", "claude-sonnet-4"],
    ["claude-sonnet-4@20250514", "claude-sonnet-4"],
    ["claude-3-opus-latest", "claude-3-opus"],
    ["GPT-4o", "gpt-4o"],
  ])("finds the family of %s", (name, family) => {
    expect(listedNames(name).at(-1)).toBe(family);
  });

  it("tries the name as sent first", () => {
    expect(listedNames("acme/nova-2025-01-01")).toEqual(["acme/nova-2025-01-01", "nova-2025-01-01", "nova"]);
  });

  it.each([
    "gpt-4-0613",
    "claude-haiku-4-5",
    "gpt-5.4-mini",
    "gemini-2.5-flash-preview-04-17",
    "gpt-4o:free",
  ])("takes nothing off %s", (name) => {
    expect(listedNames(name)).toEqual([name]);
  });
});
