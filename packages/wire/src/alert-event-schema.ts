import {
  type Alert,
  type AlertKind,
  Amount,
  alertStates,
  budgetUnits,
  type ForecastAlert,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodKinds,
  type RecoveredAlert,
  type SpikeAlert,
  type ThresholdAlert,
  thresholdLevels,
  type UnpricedModelAlert,
  type UtcHour,
} from "@ai-usage/core";
import * as z from "zod";

const amount = z.string().transform((text) => Amount.parse(text));
const instant = z.string().transform((text) => parseInstant(text));
const date = z.string().transform((text) => parseUtcDate(text));
const hour = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d$/)
  .transform((text) => text as UtcHour);

const remark = z.object({ at: instant, by: z.string(), note: z.string().optional() });

const commonFields = {
  alert_id: z.string(),
  scope: z.string().transform((text) => parseScope(text)),
  level: z.enum(thresholdLevels),
  raised_at: instant,
  state: z.enum(alertStates),
  acknowledged: remark.optional(),
  resolved: remark.optional(),
  snoozed: remark.optional(),
  snoozed_until: instant.optional(),
  notify: z.boolean(),
};

const budgetFields = {
  ...commonFields,
  budget_id: z.string(),
  budget_name: z.string(),
  unit: z.enum(budgetUnits),
  amount,
  spent: amount,
  period: z.object({ id: z.string(), kind: z.enum(periodKinds), start: instant, end: instant }),
  time_zone: z.string(),
  contact: z.string().optional(),
  projected: amount.optional(),
  exhausted_at: instant.optional(),
};

const thresholdFields = {
  ...budgetFields,
  threshold_id: z.string(),
  threshold_percent: z.string().optional(),
  threshold_amount: amount,
};

const eventOf = <Kind extends AlertKind, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
  z.object({ schema_version: z.literal("1"), alert: z.object({ kind: z.literal(kind), ...fields }) });

const common = (alert: z.infer<z.ZodObject<typeof commonFields>>) => ({
  alertId: alert.alert_id,
  scope: alert.scope,
  level: alert.level,
  raisedAt: alert.raised_at,
  state: alert.state,
  ...(alert.acknowledged && { acknowledged: alert.acknowledged }),
  ...(alert.resolved && { resolved: alert.resolved }),
  ...(alert.snoozed && { snoozed: alert.snoozed }),
  ...(alert.snoozed_until && { snoozedUntil: alert.snoozed_until }),
  notify: alert.notify,
});

const budget = (alert: z.infer<z.ZodObject<typeof budgetFields>>) => ({
  ...common(alert),
  budgetId: alert.budget_id,
  budgetName: alert.budget_name,
  unit: alert.unit,
  amount: alert.amount,
  spent: alert.spent,
  period: alert.period,
  timeZone: alert.time_zone,
  ...(alert.contact !== undefined && { contact: alert.contact }),
  ...(alert.projected && { projected: alert.projected }),
  ...(alert.exhausted_at && { exhaustedAt: alert.exhausted_at }),
});

const threshold = (alert: z.infer<z.ZodObject<typeof thresholdFields>>) => ({
  ...budget(alert),
  thresholdId: alert.threshold_id,
  ...(alert.threshold_percent !== undefined && { thresholdPercent: alert.threshold_percent }),
  thresholdAmount: alert.threshold_amount,
});

/** Details of events, each read as the alert that it tells of. */
export const eventSchemas = {
  budget_threshold: eventOf("budget_threshold", thresholdFields).transform(
    ({ alert }): ThresholdAlert => ({ kind: alert.kind, ...threshold(alert) }),
  ),
  budget_forecast: eventOf("budget_forecast", { ...thresholdFields, projected: amount }).transform(
    ({ alert }): ForecastAlert => ({ kind: alert.kind, ...threshold(alert), projected: alert.projected }),
  ),
  budget_recovered: eventOf("budget_recovered", {
    ...thresholdFields,
    recovered_alert_id: z.string(),
    recovered_level: z.enum(thresholdLevels),
  }).transform(
    ({ alert }): RecoveredAlert => ({
      kind: alert.kind,
      ...threshold(alert),
      recoveredAlertId: alert.recovered_alert_id,
      recoveredLevel: alert.recovered_level,
    }),
  ),
  cost_spike: eventOf("cost_spike", {
    ...budgetFields,
    hour,
    actual: amount,
    usual: amount,
    compared_hours: z.int(),
  }).transform(
    ({ alert }): SpikeAlert => ({
      kind: alert.kind,
      ...budget(alert),
      hour: alert.hour,
      actual: alert.actual,
      usual: alert.usual,
      comparedHours: alert.compared_hours,
    }),
  ),
  unpriced_model: eventOf("unpriced_model", {
    ...commonFields,
    service: z.string(),
    model: z.string().optional(),
    operation: z.string(),
    date,
    call_date: date,
    unpriced_calls: z.int(),
    first_date: date,
  }).transform(
    ({ alert }): UnpricedModelAlert => ({
      kind: alert.kind,
      ...common(alert),
      service: alert.service,
      ...(alert.model !== undefined && { model: alert.model }),
      operation: alert.operation,
      date: alert.date,
      callDate: alert.call_date,
      unpricedCalls: alert.unpriced_calls,
      firstDate: alert.first_date,
    }),
  ),
} satisfies Record<AlertKind, z.ZodType<Alert>>;
