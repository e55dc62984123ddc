import { parseScope } from "@ai-usage/core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Message, SendResult } from "../message.ts";
import { type Certificate, newAuthority, newCertificate } from "../testing/certificates.ts";
import { channelOf, NASTY_NAME } from "../testing/channel.ts";
import { type Answer, answerWith, listen } from "../testing/https-listener.ts";
import {
  aDigest,
  aMessage,
  aRecoveredAlert,
  aThresholdAlert,
  sampleMessages,
  someDrivers,
} from "../testing/messages.ts";
import { pagerDutySender } from "./pagerduty.ts";
import { slackSender } from "./slack.ts";
import { teamsSender } from "./teams.ts";

let authority: Certificate;
let certificate: Certificate;
beforeAll(async () => {
  authority = await newAuthority();
  certificate = await newCertificate({ host: "hooks.example.com", by: authority });
});

/** What a server of its own gets of a message over a channel of that kind. */
async function posted(kind: "slack" | "teams" | "pagerduty", message: Message, answer?: Answer) {
  await using server = await listen(certificate, answer ? { answer } : {});
  const url = `https://hooks.example.com:${server.port}/services/T0`;
  const outgoing = {
    allow: [`hooks.example.com:${server.port}`],
    resolve: async () => ["127.0.0.1"],
    ca: authority.cert,
  };
  const send = (): Promise<SendResult> => {
    switch (kind) {
      case "slack":
        return slackSender({ outgoing }).send(channelOf({ kind }), message, url);
      case "teams":
        return teamsSender({ outgoing }).send(channelOf({ kind }), message, url);
      case "pagerduty":
        return pagerDutySender({ outgoing, url }).send(channelOf({ kind }), message, "routing-key");
      default:
        return kind satisfies never;
    }
  };
  const result = await send();
  return {
    result,
    bodies: server.received.map(({ body }) => JSON.parse(body)),
    text: server.received.map(({ body }) => body),
  };
}

/** Every text in it, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const nasty = aMessage({ alert: aThresholdAlert({ budgetName: NASTY_NAME, contact: NASTY_NAME }) });

describe.each(["slack", "teams", "pagerduty"] as const)("message to %s", (kind) => {
  it.each(Object.keys(sampleMessages) as (keyof typeof sampleMessages)[])("tells of: %s", async (name) => {
    const { result, bodies } = await posted(kind, sampleMessages[name]);
    expect(result).toEqual({ outcome: "sent", status: 200 });
    expect(bodies).toHaveLength(kind === "pagerduty" && name === "digest" ? 5 : 1);
  });

  it("is not taken for sent when it is not taken", async () => {
    const { result } = await posted(kind, aMessage(), answerWith(429, { "retry-after": "30" }));
    expect(result).toMatchObject({ outcome: "failed", status: 429, permanent: false, retryAfterMs: 30_000 });
  });
});

describe("message to Slack", () => {
  it("has who, how much, who drove it, what to do and where to look", async () => {
    const { bodies } = await posted(
      "slack",
      aMessage({ drivers: someDrivers, dashboardUrl: "https://usage.example.com/" }),
    );
    const texts = textsIn(bodies[0]).join("\n");
    for (const part of [
      "[WARNING] Team growth has used 81.23 % of its monthly budget",
      "$812.34 of $1,000.00 (81.23 %)",
      "claude-sonnet-4-5: $511.20, 62.92 %",
      "among the latest 500 calls",
      "```npx ai-usage budget status bud_0f3c9a41b2d7e856```",
      "https://usage.example.com/",
    ]) {
      expect(texts).toContain(part);
    }
  });

  it("shows names as they are: they mention nobody, and link and format nothing", async () => {
    const { bodies } = await posted("slack", nasty);
    const texts = textsIn(bodies[0]);
    for (const text of texts) expect(text).not.toMatch(/[<>]/);
    expect(texts).toContain(
      NASTY_NAME.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    );
    // Where text is read as mrkdwn, an invisible character keeps marks from what they would format.
    const advice = texts.find((text) => text.includes("or ask"));
    expect(advice).toMatch(/\*\u200bb\*\u200b _\u200bi_\u200b/);
    expect(advice?.match(/`/g)).toHaveLength(6 + 2);
  });

  it("stays within what Slack takes", async () => {
    const longName = "ü&".repeat(64);
    const alerts = Array.from({ length: 40 }, () =>
      aThresholdAlert({ scope: parseScope(`team:${longName}`) }),
    );
    for (const message of [
      aMessage({ alerts, test: true }),
      aMessage({ alerts: alerts.slice(0, 1), drivers: someDrivers, reason: "escalated" }),
    ]) {
      const { blocks } = (await posted("slack", message)).bodies[0];
      expect(blocks.length).toBeLessThanOrEqual(50);
      for (const block of blocks) {
        if (block.type === "header") expect(block.text.text.length).toBeLessThanOrEqual(150);
        if (block.fields) expect(block.fields.length).toBeLessThanOrEqual(10);
        for (const text of textsIn(block)) expect(text.length).toBeLessThanOrEqual(3000);
      }
    }
  });

  it("goes to Slack alone", async () => {
    const send = (url: string) =>
      slackSender({ outgoing: {} }).send(channelOf({ kind: "slack" }), aMessage(), url);
    expect(await send("https://hooks.example.com/services/T0/secret")).toEqual({
      outcome: "failed",
      error: "the address of the Slack webhook must be at hooks.slack.com or hooks.slack-gov.com",
      permanent: true,
    });
    expect(await send("https://hooks.slack.com.example.com/x")).toMatchObject({ permanent: true });
  });
});

describe("message to Teams", () => {
  it("is an Adaptive Card in the envelope of a workflow", async () => {
    const { bodies } = await posted("teams", aMessage({ dashboardUrl: "https://usage.example.com/" }));
    expect(bodies[0]).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          contentUrl: null,
          content: {
            type: "AdaptiveCard",
            version: "1.4",
            actions: [{ type: "Action.OpenUrl", url: "https://usage.example.com/" }],
          },
        },
      ],
    });
  });

  it("shows names as they are: nothing that is read as Markdown holds one", async () => {
    const { bodies, text } = await posted("teams", nasty);
    expect(text[0]).not.toContain('"TextBlock"');
    expect(text[0]).not.toContain('"FactSet"');
    expect(textsIn(bodies[0])).toContain(NASTY_NAME);
  });

  it("stays below 28 kB, however long names are", async () => {
    const longName = "日".repeat(80);
    const alerts = Array.from({ length: 40 }, () =>
      aThresholdAlert({ scope: parseScope(`team:${longName}`), budgetName: longName }),
    );
    const { text } = await posted("teams", aMessage({ alerts }));
    expect(Buffer.byteLength(text[0] ?? "")).toBeLessThan(28_000);
  });
});

describe("event of PagerDuty", () => {
  it("triggers under the id of the alert, as severely as its level", async () => {
    const { bodies } = await posted("pagerduty", aMessage({ alert: aThresholdAlert({ level: "EXCEEDED" }) }));
    expect(bodies[0]).toMatchObject({
      routing_key: "routing-key",
      event_action: "trigger",
      dedup_key: "bud_0f3c9a41b2d7e856.2026-11.80.r1",
      payload: {
        summary: "[EXCEEDED] Team growth has used 81.23 % of its monthly budget",
        source: "team:growth",
        severity: "critical",
        class: "budget_threshold",
        custom_details: { Budget: "Growth experiments" },
      },
    });
  });

  it("resolves what has recovered", async () => {
    const { bodies } = await posted("pagerduty", aMessage({ alert: aRecoveredAlert() }));
    expect(bodies).toEqual([
      {
        routing_key: "routing-key",
        event_action: "resolve",
        dedup_key: "bud_0f3c9a41b2d7e856.2026-11.80.r1",
      },
    ]);
  });

  it("is one for each alert of a digest", async () => {
    const { bodies } = await posted("pagerduty", aMessage({ alerts: aDigest }));
    expect(bodies.map(({ event_action }) => event_action)).toEqual([
      "trigger",
      "trigger",
      "trigger",
      "trigger",
      "resolve",
    ]);
    expect(new Set(bodies.map(({ dedup_key }) => dedup_key)).size).toBe(5);
  });

  it("keeps long ids apart within what a key may have", async () => {
    const id = "x".repeat(300);
    const keys = [];
    for (const alertId of [`${id}1`, `${id}2`]) {
      const triggered = await posted("pagerduty", aMessage({ alert: aThresholdAlert({ alertId }) }));
      const resolved = await posted(
        "pagerduty",
        aMessage({ alert: aRecoveredAlert({ recoveredAlertId: alertId }) }),
      );
      expect(resolved.bodies[0].dedup_key).toBe(triggered.bodies[0].dedup_key);
      keys.push(triggered.bodies[0].dedup_key);
    }
    expect(keys[0]).not.toBe(keys[1]);
    for (const key of keys) expect(key.length).toBeLessThanOrEqual(255);
  });

  it("is of a test no incident of the alert", async () => {
    const { bodies } = await posted("pagerduty", aMessage({ test: true }));
    expect(bodies[0]).toMatchObject({ dedup_key: "test.dlv_1", payload: { severity: "info" } });
  });
});
