import type { Alert } from "../alert.ts";
import { dueAlerts, recoveredAlerts } from "../alert-due.ts";
import { spikeAlert } from "../alert-spike.ts";
import { unpricedModelAlert } from "../alert-unpriced.ts";
import { Amount } from "../budget.ts";
import { newBudget } from "../budget-edit.ts";
import { periodAt } from "../period.ts";
import { parseScope } from "../scope.ts";
import { parseInstant, parseUtcDate, utcHourOf } from "../time.ts";

export const now = parseInstant("2026-11-22T12:00:00Z");
const usd = (text: string) => Amount.parse(text);

export const anUnpricedModelAlert = (model?: string): Alert =>
  unpricedModelAlert({
    subject: { service: "open router", ...(model !== undefined && { model }), operation: "chat" },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 17,
    firstDate: parseUtcDate("2026-11-03"),
    now,
  });

/** Alerts of a budget, of each kind: of a threshold in percent and one in dollars, with all that they may say, and without. */
export function budgetAlerts(): Alert[] {
  const calendar = { timeZone: "Asia/Kathmandu" };
  const made = newBudget(
    {
      kind: "create",
      budgetId: "bud_1",
      terms: {
        name: "growth <team>",
        scope: parseScope("team:growth"),
        unit: "usd",
        amount: usd("100"),
        period: "monthly",
        calendar,
        thresholds: [
          { at: { percent: "50" }, on: "actual", level: "INFO" },
          { at: { amount: usd("55.5") }, on: "actual", level: "CRITICAL" },
          { at: { percent: "100" }, on: "forecast", level: "WARNING" },
        ],
        enforcement: "soft",
        failMode: "open",
        spike: { times: "3", atLeast: usd("1") },
        contact: "finance@example.com",
        metadata: {},
      },
    },
    { at: now, by: "token_1" },
  );
  if (made.outcome === "invalid") throw new Error(made.problem);
  const { contact: _, ...silent } = made.budget;
  const reading = {
    budget: made.budget,
    period: periodAt("monthly", now, calendar),
    limit: usd("100"),
    spent: usd("55.500000000000000001"),
    now,
  };
  const projection = {
    spent: usd("120"),
    perHour: usd("1"),
    exhaustedAt: parseInstant("2026-11-25T00:00:00Z"),
  };
  const due = dueAlerts({ ...reading, projection });
  const hour = { hour: utcHourOf(now), actual: usd("30"), usual: usd("2.5"), comparedHours: 168 };
  const spike = spikeAlert(reading, hour);
  if (!spike) throw new Error("it costs twelve times as much");
  return [
    ...due,
    ...dueAlerts({ ...reading, budget: silent }),
    ...recoveredAlerts(due, { ...reading, spent: usd("0") }),
    spike,
  ];
}

export const allAlerts = (): Alert[] => [
  ...budgetAlerts(),
  anUnpricedModelAlert("meta-llama/llama-3"),
  anUnpricedModelAlert(),
];
