import type { Alert, ThresholdAlert } from "./alert.ts";
import { Amount } from "./budget.ts";
import type { Channel } from "./channel.ts";
import type { Delivery } from "./delivery.ts";
import { periodAt, UTC_CALENDAR } from "./period.ts";
import { parseScope } from "./scope.ts";
import { type Instant, parseInstant } from "./time.ts";

const noon: Instant = parseInstant("2026-11-21T12:00:00Z");

/** A channel for tests: a webhook that tells of everything at once. */
export function aChannel(given: Partial<Channel> = {}): Channel {
  return {
    channelId: "chn_1",
    name: "operations",
    target: { kind: "webhook", url: "https://hooks.example.com/alerts" },
    minLevel: "INFO",
    standby: false,
    cooldownMinutes: 0,
    active: true,
    createdAt: noon,
    createdBy: "token_1",
    updatedAt: noon,
    ...given,
  };
}

/** An alert for tests: team growth has spent 80 of its 100 dollars of the month. */
export function anAlert(given: Partial<ThresholdAlert> = {}): ThresholdAlert {
  return {
    alertId: "bud_1.2026-11.80.r1",
    kind: "budget_threshold",
    scope: parseScope("team:growth"),
    level: "WARNING",
    raisedAt: noon,
    state: "open",
    notify: true,
    budgetId: "bud_1",
    budgetName: "growth",
    unit: "usd",
    amount: Amount.parse("100"),
    spent: Amount.parse("80"),
    period: periodAt("monthly", noon, UTC_CALENDAR),
    timeZone: "UTC",
    thresholdId: "80",
    thresholdPercent: "80",
    thresholdAmount: Amount.parse("80"),
    ...given,
  };
}

/** That an alert is over. */
export function aRecovery(of: ThresholdAlert = anAlert()): Alert {
  return {
    ...of,
    kind: "budget_recovered",
    alertId: `${of.alertId}.recovered`,
    level: "INFO",
    state: "resolved",
    recoveredAlertId: of.alertId,
    recoveredLevel: of.level,
  };
}

/** A delivery for tests: it is due since noon. */
export function aDelivery(given: Partial<Delivery> = {}): Delivery {
  return {
    alertId: "bud_1.2026-11.80.r1",
    channelId: "chn_1",
    channelName: "operations",
    channelKind: "webhook",
    reason: "raised",
    state: "waiting",
    dueAt: noon,
    at: noon,
    attempts: [],
    tries: 0,
    revision: 1,
    ...given,
  };
}
