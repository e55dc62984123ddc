import type { ThresholdAlert } from "./alert.ts";
import { Amount } from "./budget.ts";
import { periodAt, UTC_CALENDAR } from "./period.ts";
import { GLOBAL_SCOPE } from "./scope.ts";
import type { Instant } from "./time.ts";

/** What a channel tells of when somebody tries it out. It is stored nowhere. */
export function channelTestAlert(channelId: string, now: Instant): ThresholdAlert {
  return {
    alertId: `test.${channelId}`,
    kind: "budget_threshold",
    scope: GLOBAL_SCOPE,
    level: "INFO",
    raisedAt: now,
    state: "open",
    notify: true,
    budgetId: "test",
    budgetName: "Test of a channel",
    unit: "usd",
    amount: Amount.parse("100"),
    spent: Amount.parse("50"),
    period: periodAt("monthly", now, UTC_CALENDAR),
    timeZone: UTC_CALENDAR.timeZone,
    thresholdId: "50",
    thresholdPercent: "50",
    thresholdAmount: Amount.parse("50"),
  };
}
