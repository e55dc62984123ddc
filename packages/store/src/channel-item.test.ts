import type { Channel, ChannelTarget } from "@ai-usage/core";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { fromChannelItem, toChannelItem } from "./channel-item.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";

const at = "2026-11-21T12:00:00.000Z" as Channel["createdAt"];
const aChannel = (given: Partial<Channel> = {}): Channel => ({
  channelId: "chn_1",
  name: "operations",
  target: { kind: "slack" },
  minLevel: "INFO",
  standby: false,
  cooldownMinutes: 0,
  active: true,
  createdAt: at,
  createdBy: "token_1",
  updatedAt: at,
  ...given,
});
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

describe("item of a channel", () => {
  it.each<ChannelTarget>([
    { kind: "email", to: ["a@example.com", "b@example.com"] },
    { kind: "slack" },
    { kind: "teams" },
    { kind: "webhook", url: "https://hooks.example.com/x" },
    { kind: "pagerduty" },
    { kind: "sns", topicArn: "arn:aws:sns:us-east-1:000000000000:alerts" },
    { kind: "function", functionArn: "arn:aws:lambda:us-east-1:000000000000:function:f" },
  ])("is read as it was written, with the target $kind", (target) => {
    expect(fromChannelItem(stored(toChannelItem(aChannel({ target }))))).toEqual(aChannel({ target }));
  });

  it("is read as it was written, with all its rules", () => {
    const channel = aChannel({
      secretName: "channels/chn_1",
      alertKinds: ["cost_spike", "budget_recovered"],
      scopes: ["team:*", "user:ann"],
      standby: true,
      quietHours: {
        timeZone: "Asia/Kathmandu",
        from: "22:00",
        to: "07:00",
        days: ["monday"],
        unlessLevel: "CRITICAL",
      },
      digest: { every: "daily", at: "09:00", timeZone: "UTC", upToLevel: "WARNING" },
      cooldownMinutes: 30,
      rateLimit: { messages: 3, perMinutes: 10 },
      escalation: { channelId: "chn_2", afterMinutes: 15 },
      active: false,
    });
    expect(fromChannelItem(stored(toChannelItem(channel)))).toEqual(channel);
  });

  it("that is broken names what is", () => {
    const item = stored(toChannelItem(aChannel({ alertKinds: ["cost_spike"] })));
    expect(() => fromChannelItem({ ...item, alert_kinds: ["gossip"] })).toThrow(InvalidItemError);
    expect(() => fromChannelItem({ ...item, min_level: "LOUD" })).toThrow(/^min_level/);
  });
});
