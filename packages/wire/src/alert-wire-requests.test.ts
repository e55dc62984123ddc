import { parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { alertRemarkSchema, parseAlertList, parseSnooze } from "./alert-wire-requests.ts";
import { ProblemError, parseOrProblem } from "./problem.ts";

const now = parseInstant("2026-11-22T12:00:00Z");

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
  throw new Error("that was taken");
}

describe("list of alerts that is asked for", () => {
  it("is everything, a hundred at a time, when nothing is said", () => {
    expect(parseAlertList({})).toEqual({ page: { limit: 100 }, selection: {} });
  });

  it("is of several states and kinds, a level and those above it, a scope, a budget", () => {
    expect(
      parseAlertList({
        state: "open,acknowledged",
        level: "WARNING",
        kind: "cost_spike",
        scope: "team:growth",
        budget_id: "bud_1",
        limit: "5",
        cursor: "abc",
      }),
    ).toEqual({
      page: { limit: 5, cursor: "abc" },
      selection: {
        states: ["open", "acknowledged"],
        level: "WARNING",
        kinds: ["cost_spike"],
        scope: "team:growth",
        budgetId: "bud_1",
      },
    });
  });

  it("is refused by the name of what is wrong", () => {
    expect(problemOf(() => parseAlertList({ state: "open,asleep" }))).toMatch(/^state.*open, acknowledged/);
    expect(problemOf(() => parseAlertList({ level: "HIGH" }))).toMatch(/^level must be one of INFO/);
    expect(problemOf(() => parseAlertList({ kind: "" }))).toMatch(/^kind/);
    expect(problemOf(() => parseAlertList({ scope: "growth" }))).toMatch(/^scope/);
    expect(problemOf(() => parseAlertList({ team: "growth" }))).toMatch(/^team is not a field/);
  });
});

describe("remark on an alert", () => {
  const noteOf = (body: unknown) => parseOrProblem(alertRemarkSchema, body).note;

  it("may be a note, or nothing", () => {
    expect(noteOf({})).toBeUndefined();
    expect(noteOf({ note: "  " })).toBeUndefined();
    expect(noteOf({ note: " Ann is on it.\nAsk her. " })).toBe("Ann is on it.\nAsk her.");
    expect(problemOf(() => noteOf({ note: "a\u0007b" }))).toMatch(/^note must not hold control/);
    expect(problemOf(() => noteOf({ note: "x".repeat(1001) }))).toMatch(/^note must have at most 1000/);
    expect(problemOf(() => noteOf({ reason: "x" }))).toMatch(/^reason is not a field/);
  });
});

describe("snooze of an alert", () => {
  it("is until a moment, or for some minutes", () => {
    expect(parseSnooze({ until: "2026-11-23T08:00:00+01:00", note: "tomorrow" }, now)).toEqual({
      until: "2026-11-23T07:00:00.000Z",
      note: "tomorrow",
    });
    expect(parseSnooze({ minutes: 90 }, now)).toEqual({ until: "2026-11-22T13:30:00.000Z" });
  });

  it("is one of the two, in the future, and not for ever", () => {
    expect(problemOf(() => parseSnooze({}, now))).toMatch(/^until or minutes must be given/);
    expect(problemOf(() => parseSnooze({ minutes: 5, until: "2026-11-23T08:00:00Z" }, now))).toMatch(
      /^until/,
    );
    expect(problemOf(() => parseSnooze({ until: now }, now))).toMatch(/^until must be in the future/);
    expect(problemOf(() => parseSnooze({ until: "2027-02-20T12:00:00.001Z" }, now))).toMatch(
      /within 90 days/,
    );
    expect(parseSnooze({ until: "2027-02-20T12:00:00Z" }, now).until).toBe("2027-02-20T12:00:00.000Z");
    expect(problemOf(() => parseSnooze({ minutes: 0 }, now))).toMatch(/^minutes/);
    expect(problemOf(() => parseSnooze({ minutes: 129_601 }, now))).toMatch(/^minutes/);
  });
});
