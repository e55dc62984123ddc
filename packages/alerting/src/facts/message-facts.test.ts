import { Amount, parseInstant, parseScope, periodAt, plusMs } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import {
  aDigest,
  aForecastAlert,
  aMessage,
  anUnpricedAlert,
  aRecoveredAlert,
  aSpikeAlert,
  aThresholdAlert,
  someDrivers,
} from "../testing/messages.ts";
import { messageFacts } from "./message-facts.ts";

const facts = (message = aMessage()) => messageFacts(message, "Ops");
const factsAbout = (alert: Parameters<typeof aMessage>[0]) => facts(aMessage(alert));
const fact = (message: ReturnType<typeof facts>, name: string) =>
  message.facts.find(([one]) => one === name)?.[1];

describe("message about a crossed threshold", () => {
  it("says who, how much of what, and until when", () => {
    const message = facts();
    expect(message.subject).toBe("[WARNING] Team growth has used 81.23 % of its monthly budget");
    expect(message.summary).toBe("$812.34 of $1,000.00 spent, $187.66 left; it resets in 8 days 6 hours.");
    expect(fact(message, "Budget")).toBe("Growth experiments");
    expect(fact(message, "Spent")).toBe("$812.34 of $1,000.00 (81.23 %)");
    expect(fact(message, "Remaining")).toBe("$187.66");
    expect(fact(message, "Threshold")).toBe("80 % ($800.00)");
    expect(fact(message, "Projected")).toBe("$1,112.50 by the end of the period (111.25 %)");
    expect(fact(message, "Ask")).toBe("Ada Lovelace (#ai-spend)");
  });

  it("tells times by the budget's clock", () => {
    const message = facts();
    expect(fact(message, "Period")).toBe("1 Nov 2026, 00:00 to 1 Dec 2026, 00:00 (Asia/Kathmandu)");
    expect(fact(message, "Seen")).toBe("22 Nov 2026, 17:45 (Asia/Kathmandu)");
    expect(fact(message, "Runs out")).toBe("28 Nov 2026, 09:30 (Asia/Kathmandu), at this rate");
  });

  it("says by how much a budget is overrun", () => {
    const message = factsAbout({
      alert: aThresholdAlert({ level: "EXCEEDED", spent: Amount.parse("1000.25") }),
    });
    expect(message.subject).toBe("[EXCEEDED] Team growth has used up its monthly budget");
    expect(message.summary).toMatch(/^\$1,000\.25 of \$1,000\.00 spent, \$0\.25 over;/);
    expect(fact(message, "Over by")).toBe("$0.25");
    expect(fact(message, "Remaining")).toBeUndefined();
  });

  it("does not call a budget used up because a low threshold has that level", () => {
    const message = factsAbout({ alert: aThresholdAlert({ level: "EXCEEDED" }) });
    expect(message.headline).toBe("Team growth has used 81.23 % of its monthly budget");
  });

  it("counts tokens and requests as whole ones", () => {
    const alert = aThresholdAlert({
      unit: "tokens",
      scope: parseScope("user:ada"),
      amount: Amount.parse("1001"),
      spent: Amount.parse("990"),
      thresholdAmount: Amount.parse("800.8"),
      projected: Amount.parse("1234.5678"),
    });
    const message = factsAbout({ alert });
    expect(message.headline).toBe("User ada has used 98.9 % of their monthly token budget");
    expect(message.summary).toMatch(/^990 tokens of 1,001 tokens used, 11 tokens left;/);
    expect(fact(message, "Threshold")).toBe("80 % (800 tokens)");
    expect(fact(message, "Projected")).toMatch(/^1,234 tokens by/);
  });

  it("speaks of everything together where the scope is everything", () => {
    const message = factsAbout({ alert: aThresholdAlert({ scope: parseScope("global:all") }) });
    expect(message.headline).toMatch(/^The whole organisation has used/);
  });

  it("names the amount where the threshold is one", () => {
    const { thresholdPercent: _, ...alert } = aThresholdAlert({
      thresholdId: "a250",
      thresholdAmount: Amount.parse("250"),
    });
    expect(fact(factsAbout({ alert }), "Threshold")).toBe("$250.00");
  });

  it("says that the period is over when it has ended by the time that it goes out", () => {
    const alert = aThresholdAlert({
      period: periodAt("daily", parseInstant("2026-11-21T12:00:00Z"), { timeZone: "UTC" }),
    });
    const message = factsAbout({ alert });
    expect(message.summary).toMatch(/the period ended 12 hours ago\.$/);
    expect(fact(message, "Ended")).toBe("12 hours ago");
    expect(fact(message, "Resets")).toBeUndefined();
  });

  it("says nothing of a projection that there is none of, or of a limit that has been reached", () => {
    const { projected: _, exhaustedAt: __, contact: ___, ...alert } = aThresholdAlert();
    const message = factsAbout({ alert });
    expect(message.facts.map(([name]) => name)).not.toEqual(expect.arrayContaining(["Projected"]));
    expect(message.meter?.projectedPercent).toBeUndefined();
    const reached = factsAbout({ alert: aThresholdAlert({ exhaustedAt: aThresholdAlert().raisedAt }) });
    expect(fact(reached, "Runs out")).toBeUndefined();
  });

  it("tells what to do, with commands that can be copied", () => {
    expect(facts().advice).toEqual([
      { text: "See where the budget stands", command: "npx ai-usage budget status bud_0f3c9a41b2d7e856" },
      {
        text: "Say that you are on it, so that nobody else is called",
        command: "npx ai-usage alerts ack bud_0f3c9a41b2d7e856.2026-11.80.r1",
      },
      {
        text: "Allow more for a while, or ask Ada Lovelace (#ai-spend) to do it",
        command: "npx ai-usage budget increase bud_0f3c9a41b2d7e856 --amount … --for 24h --reason …",
      },
    ]);
  });

  it("names who drove it, and how that is known", () => {
    expect(factsAbout({ drivers: someDrivers }).drivers).toMatchObject([
      {
        title: "Models",
        basis: "in this period",
        rows: [{ name: "claude-sonnet-4-5", amount: "$511.20", share: "62.92" }, { name: "gpt-4o" }, {}],
      },
      { title: "Users", basis: "among the latest 500 calls", rows: [{ name: "ada" }, {}] },
      { title: "Jobs", rows: [{ name: "nightly-merchant-import" }] },
    ]);
    const clipped = {
      ...someDrivers,
      range: { ...someDrivers.range, start: parseInstant("2026-11-10T00:00:00Z") },
    };
    expect(factsAbout({ drivers: clipped }).drivers[0]?.basis).toBe("since 10 Nov 2026 (UTC)");
  });
});

describe("messages of other kinds", () => {
  it("say where a period is heading", () => {
    const message = factsAbout({ alert: aForecastAlert() });
    expect(message.subject).toBe("[WARNING] Team growth is heading for 112.48 % of its monthly budget");
    expect(message.summary).toBe(
      "If it goes on like this, $1,124.81 will have been spent when the period ends, and the limit is reached 28 Nov 2026, 09:30. So far: $612.40 of $1,000.00 spent, $387.60 left; it resets in 8 days 6 hours.",
    );
    expect(fact(message, "Threshold")).toBe("100 % ($1,000.00), on the forecast");
  });

  it("say that it is over", () => {
    const message = factsAbout({ alert: aRecoveredAlert() });
    expect(message.subject).toBe("[RECOVERED] Team growth is back below 80 % of its monthly budget");
    expect(message.advice.map(({ text }) => text).join()).toMatch(/nothing to do/);
    expect(fact(message, "Is over")).toBe("bud_0f3c9a41b2d7e856.2026-11.80.r1");
    const forecast = factsAbout({ alert: aRecoveredAlert({ thresholdId: "f100", thresholdPercent: "100" }) });
    expect(forecast.headline).toBe("Team growth is no longer heading for 100 % of its monthly budget");
  });

  it("compare an hour with what is usual", () => {
    const message = factsAbout({ alert: aSpikeAlert() });
    expect(message.headline).toBe(
      "Team growth spent $42.10 in one hour, 12 times what an hour usually costs",
    );
    expect(fact(message, "Hour")).toBe("22 Nov 2026, 16:45 to 22 Nov 2026, 17:45 (Asia/Kathmandu)");
    expect(fact(message, "Usual")).toBe("$3.35, by 168 hours of the week before");
    const fromNothing = factsAbout({ alert: aSpikeAlert({ usual: Amount.zero }) });
    expect(fromNothing.headline).toMatch(/where an hour usually costs next to nothing$/);
  });

  it("say which calls have no price, what that means and what to do", () => {
    const message = factsAbout({ alert: anUnpricedAlert() });
    expect(message.subject).toBe("[WARNING] Calls of openai, model gpt-9-mini, have no price");
    expect(message.summary).toMatch(
      /^1,234 calls of 20 Nov 2026 \(UTC\) are counted, and left out of every amount/,
    );
    expect(fact(message, "Since")).toBe("3 Nov 2026 (UTC)");
    expect(message.advice.map(({ command }) => command)).toEqual([
      "npx ai-usage prices unpriced",
      "npx ai-usage prices set --provider openai --model gpt-9-mini --input-per-million … --output-per-million …",
      undefined,
    ]);
    expect(message.meter).toBeUndefined();
  });

  it("put a name into a command as one word, whatever is in it", () => {
    const { advice } = factsAbout({ alert: anUnpricedAlert({ model: "it's; rm -rf $HOME" }) });
    expect(advice[1]?.command).toContain(`--model 'it'\\''s; rm -rf $HOME' --input`);
  });

  it("price an operation by what it is asked for, where the service has no models", () => {
    const { headline, advice } = factsAbout({
      alert: anUnpricedAlert({ service: "google_places", model: undefined, operation: "place_details" }),
    });
    expect(headline).toBe("Calls of google_places, place_details, have no price");
    expect(advice[1]?.command).toContain(
      "--provider google_places --model place_details --per-unit request=…",
    );
  });
});

describe("why a message comes", () => {
  it("is that nobody acknowledged the alert", () => {
    const message = factsAbout({ reason: "escalated" });
    expect(message.subject).toBe(
      "[WARNING] Not acknowledged: Team growth has used 81.23 % of its monthly budget",
    );
    expect(message.notices).toEqual([
      "Nobody has acknowledged this since it was raised, 22 Nov 2026, 17:45 (Asia/Kathmandu): you are the next to be told.",
    ]);
  });

  it("is that it was put off until now", () => {
    const { raisedAt } = aThresholdAlert();
    const alert = aThresholdAlert({ snoozedUntil: plusMs(raisedAt, 3_600_000) });
    const message = factsAbout({ alert, reason: "reminder" });
    expect(message.subject).toMatch(/^\[WARNING\] Still open: /);
    expect(message.notices).toEqual([
      "This was put off until 22 Nov 2026, 18:45 (Asia/Kathmandu), and is still open.",
    ]);
  });

  it("is a test, which asks for nothing", () => {
    const message = factsAbout({ test: true });
    expect(message.subject).toMatch(/^\[TEST\] /);
    expect([message.badge, message.tone]).toEqual(["TEST", "INFO"]);
    expect(message.notices).toEqual(["This is a test of the channel Ops: nothing has happened."]);
    expect(message.advice.flatMap(({ command }) => command ?? [])).toEqual([]);
  });

  it("is a digest, the worst of which gives it its colour", () => {
    const message = factsAbout({ alerts: aDigest });
    expect(message.subject).toBe("[EXCEEDED] 5 alerts: 1 exceeded, 3 warning, 1 recovered");
    expect(message.entries.map(({ tone }) => tone)).toEqual([
      "EXCEEDED",
      "WARNING",
      "WARNING",
      "WARNING",
      "RECOVERED",
    ]);
  });

  it("is a digest of many, of which it shows twenty", () => {
    const message = factsAbout({ alerts: Array.from({ length: 33 }, () => aThresholdAlert()) });
    expect([message.entries.length, message.moreEntries]).toEqual([20, 13]);
    expect(message.headline).toBe("33 alerts");
  });
});

describe("link of a message", () => {
  it("leads to where alerts are looked at", () => {
    expect(factsAbout({ dashboardUrl: "https://usage.example.com/a?b=1" }).link).toEqual({
      text: "Open the alert",
      url: "https://usage.example.com/a?b=1",
    });
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "usage", ""])("is none to %s", (dashboardUrl) => {
    expect(factsAbout({ dashboardUrl }).link).toBeUndefined();
  });
});
