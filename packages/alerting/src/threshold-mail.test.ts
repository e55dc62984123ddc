import { Money, parseInstant, parseScope, periodAt, type ThresholdAlert } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { seen } from "./testing/seen.ts";
import { thresholdMail } from "./threshold-mail.ts";

function anAlert(given: Partial<ThresholdAlert> = {}): ThresholdAlert {
  return {
    alertId: "bud_1.2026-11.80.r1",
    kind: "budget_threshold",
    budgetId: "bud_1",
    budgetName: "Growth",
    scope: parseScope("team:growth"),
    level: "WARNING",
    thresholdPercent: "80",
    thresholdAmount: Money.parse("800"),
    amount: Money.parse("1000"),
    spent: Money.parse("812.345"),
    period: periodAt("monthly", parseInstant("2026-11-22T12:00:00Z"), "Asia/Kathmandu"),
    timeZone: "Asia/Kathmandu",
    raisedAt: parseInstant("2026-11-22T12:00:00Z"),
    state: "open",
    notify: true,
    ...given,
  };
}

describe("mail about a crossed threshold", () => {
  it("says how much of what is spent, in the subject too", () => {
    const { subject, text } = thresholdMail(anAlert());
    expect(subject).toBe("[WARNING] team:growth has spent 81.23 % of its monthly budget");
    expect(text).toMatch(/^Spent: +\$812\.34 of \$1,000\.00$/m);
    expect(text).toMatch(/^Remaining: +\$187\.66$/m);
    expect(text).toMatch(/^Threshold: +80 % \(\$800\.00\)$/m);
    expect(text).toContain("ai-usage budget status bud_1");
  });

  it("tells times by the budget's clock", () => {
    const { text } = thresholdMail(anAlert());
    expect(text).toMatch(/^Period: +2026-11, until 1 Dec 2026, 00:00 \(Asia\/Kathmandu\)$/m);
    expect(text).toMatch(/^Seen: +22 Nov 2026, 17:45 \(Asia\/Kathmandu\)$/m);
  });

  it("says by how much a budget is overrun", () => {
    const { subject, text } = thresholdMail(anAlert({ level: "EXCEEDED", spent: Money.parse("1000.25") }));
    expect(subject).toBe("[EXCEEDED] team:growth has used up its monthly budget");
    expect(text).toMatch(/^Over by: +\$0\.25$/m);
    expect(text).not.toContain("Remaining");
  });

  it("says the same in HTML as in text", () => {
    const { html, text } = thresholdMail(anAlert());
    const page = seen(html);
    const [headline = "", , ...lines] = text.trimEnd().split("\n");
    for (const line of [headline, ...lines]) {
      for (const part of line.split(/: {1,}/)) expect(page).toContain(part.trim());
    }
    expect(page).toContain("WARNING");
  });

  it("shows names as they are, and never as markup", () => {
    const name = `<img src=x onerror=alert(1)> & "Sons"`;
    const { html, text } = thresholdMail(
      anAlert({ budgetName: name, scope: parseScope("team:<b>growth</b>") }),
    );
    expect(html).not.toContain("<img");
    expect(html).not.toContain("<b>");
    expect(seen(html)).toContain(name);
    expect(seen(html)).toContain("team:<b>growth</b> has spent");
    expect(text).toContain(name);
  });

  it("draws a bar that stays within its frame", () => {
    const widthAt = (spent: string) =>
      /width:([\d.-]+)%;height:10px/.exec(thresholdMail(anAlert({ spent: Money.parse(spent) })).html)?.[1];
    expect(["0", "500", "812.345", "1000", "99999"].map(widthAt)).toEqual(["0", "50", "81.23", "100", "100"]);
  });
});
