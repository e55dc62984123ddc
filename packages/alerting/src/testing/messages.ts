import {
  type Alert,
  type AlertDrivers,
  Amount,
  type ForecastAlert,
  Money,
  parseInstant,
  parseScope,
  periodAt,
  type RecoveredAlert,
  type SpikeAlert,
  type ThresholdAlert,
  type UnpricedModelAlert,
  type UtcHour,
  unpricedModelAlert,
} from "@ai-usage/core";
import type { Message } from "../message.ts";

const raisedAt = parseInstant("2026-11-22T12:00:00Z");
const timeZone = "Asia/Kathmandu";
const month = periodAt("monthly", raisedAt, { timeZone });

/** Team growth at 81 % of a thousand dollars a month, in Kathmandu. */
export function aThresholdAlert(given: Partial<ThresholdAlert> = {}): ThresholdAlert {
  return {
    ...common("bud_0f3c9a41b2d7e856.2026-11.80.r1"),
    ...atThreshold,
    kind: "budget_threshold",
    ...given,
  };
}

export function aForecastAlert(given: Partial<ForecastAlert> = {}): ForecastAlert {
  return {
    ...common("bud_0f3c9a41b2d7e856.2026-11.f100.r1"),
    spent: Money.parse("612.4"),
    thresholdId: "f100",
    thresholdPercent: "100",
    thresholdAmount: Money.parse("1000"),
    projected: Money.parse("1124.8123"),
    exhaustedAt: parseInstant("2026-11-28T03:45:00Z"),
    kind: "budget_forecast",
    ...given,
  };
}

export function aRecoveredAlert(given: Partial<RecoveredAlert> = {}): RecoveredAlert {
  const { projected: _, ...base } = common("bud_0f3c9a41b2d7e856.2026-11.80.r1.recovered");
  return {
    ...base,
    ...atThreshold,
    level: "INFO",
    amount: Money.parse("1500"),
    thresholdAmount: Money.parse("1200"),
    kind: "budget_recovered",
    recoveredAlertId: "bud_0f3c9a41b2d7e856.2026-11.80.r1",
    recoveredLevel: "WARNING",
    state: "resolved",
    ...given,
  };
}

export function aSpikeAlert(given: Partial<SpikeAlert> = {}): SpikeAlert {
  return {
    ...common("bud_0f3c9a41b2d7e856.spike.2026-11-22T11"),
    kind: "cost_spike",
    hour: "2026-11-22T11" as UtcHour,
    actual: Money.parse("42.1"),
    usual: Money.parse("3.35"),
    comparedHours: 168,
    ...given,
  };
}

export function anUnpricedAlert(
  given: Partial<Pick<UnpricedModelAlert, "service" | "model" | "operation">> = {},
): UnpricedModelAlert {
  return unpricedModelAlert({
    subject: { service: "openai", model: "gpt-9-mini", operation: "chat.completions", ...given },
    callDate: "2026-11-20" as UnpricedModelAlert["callDate"],
    unpricedCalls: 1234,
    firstDate: "2026-11-03" as UnpricedModelAlert["firstDate"],
    now: raisedAt,
  });
}

const atThreshold = {
  thresholdId: "80",
  thresholdPercent: "80",
  thresholdAmount: Money.parse("800"),
};

const common = (alertId: string) => ({
  alertId,
  budgetId: "bud_0f3c9a41b2d7e856",
  budgetName: "Growth experiments",
  scope: parseScope("team:growth"),
  unit: "usd" as const,
  level: "WARNING" as const,
  amount: Money.parse("1000"),
  spent: Money.parse("812.345"),
  period: month,
  timeZone,
  contact: "Ada Lovelace (#ai-spend)",
  projected: Money.parse("1112.5"),
  exhaustedAt: parseInstant("2026-11-28T03:45:00Z"),
  raisedAt,
  state: "open" as const,
  notify: true,
});

/** Models by the totals, users and jobs by a sample. */
export const someDrivers: AlertDrivers = {
  unit: "usd",
  range: month,
  groups: [
    {
      dimension: "model",
      drivers: [
        { name: "claude-sonnet-4-5", amount: Money.parse("511.2"), share: "62.92" },
        { name: "gpt-4o", amount: Money.parse("240.045"), share: "29.54" },
        { name: "text-embedding-3-large", amount: Money.parse("61.1"), share: "7.52" },
      ],
    },
    {
      dimension: "user",
      sampledCalls: 500,
      drivers: [
        { name: "ada", amount: Money.parse("9.4"), share: "47.1" },
        { name: "grace.hopper@example.com", amount: Money.parse("6.02"), share: "30.17" },
      ],
    },
    {
      dimension: "job",
      sampledCalls: 500,
      drivers: [{ name: "nightly-merchant-import", amount: Money.parse("4.11"), share: "20.6" }],
    },
  ],
};

const driversOfTheHour: AlertDrivers = {
  ...someDrivers,
  groups: [
    {
      dimension: "job",
      sampledCalls: 212,
      drivers: [{ name: "nightly-merchant-import", amount: Money.parse("39.8"), share: "94.53" }],
    },
  ],
};

export function aMessage(given: Partial<Message> & { alert?: Alert } = {}): Message {
  const { alert = aThresholdAlert(), ...rest } = given;
  return {
    alerts: [alert],
    reason: "raised",
    deliveryId: "dlv_1",
    attempt: 1,
    sentAt: parseInstant("2026-11-22T12:00:05Z"),
    ...rest,
  };
}

/** One of each kind, the most serious first. */
export const aDigest: readonly Alert[] = [
  aThresholdAlert({
    alertId: "bud_2.2026-11-22.100.r1",
    scope: parseScope("user:ada"),
    level: "EXCEEDED",
    thresholdId: "100",
    thresholdPercent: "100",
    amount: Amount.parse("50"),
    spent: Amount.parse("50.25"),
    period: periodAt("daily", raisedAt, { timeZone }),
  }),
  aForecastAlert(),
  aSpikeAlert(),
  anUnpricedAlert(),
  aRecoveredAlert(),
];

/** Messages of every kind, by what they show. */
export const sampleMessages = {
  threshold: aMessage({ drivers: someDrivers, dashboardUrl: "https://usage.example.com/" }),
  exceeded: aMessage({
    alert: aThresholdAlert({
      alertId: "bud_0f3c9a41b2d7e856.2026-11.100.r1",
      level: "EXCEEDED",
      thresholdId: "100",
      thresholdPercent: "100",
      thresholdAmount: Money.parse("1000"),
      spent: Money.parse("1000.25"),
      projected: Money.parse("1370"),
      exhaustedAt: raisedAt,
    }),
    reason: "escalated",
    drivers: someDrivers,
    dashboardUrl: "https://usage.example.com/",
  }),
  forecast: aMessage({ alert: aForecastAlert(), drivers: someDrivers }),
  spike: aMessage({ alert: aSpikeAlert(), drivers: driversOfTheHour }),
  recovered: aMessage({ alert: aRecoveredAlert() }),
  unpriced: aMessage({ alert: anUnpricedAlert() }),
  digest: aMessage({ alerts: aDigest, dashboardUrl: "https://usage.example.com/" }),
  test: aMessage({ test: true }),
} satisfies Record<string, Message>;
