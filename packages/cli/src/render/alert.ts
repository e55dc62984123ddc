import type { Alert, Delivery } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { alertText, paintLevels } from "./alert-text.ts";
import { count, moment, printable, quantity } from "./format.ts";
import { factLines } from "./lines.ts";

type Facts = readonly (readonly [name: string, value: string | undefined])[];

/** All that an alert says, and each attempt to tell people. */
export function renderAlert(alert: Alert, { colors }: Style): string {
  const { level, scope, alert_id, state, raised_at, deliveries } = alert;
  const head = `${level}  ${colors.bold(printable(alertText(alert)))}  ${printable(scope)}  ${colors.dim(alert_id)}`;
  const facts: Facts = [
    ...factsOf(alert),
    ["raised", moment(raised_at)],
    ["state", state],
    ["acknowledged", remarkText(alert.acknowledged)],
    ["resolved", remarkText(alert.resolved)],
    ["snoozed", alert.snoozed_until && `until ${moment(alert.snoozed_until)}`],
  ];
  const lines = [head, factLines(facts, colors), ...toldLines(alert, deliveries, colors)];
  return paintLevels(lines.join("\n"), colors);
}

function factsOf(alert: Alert): Facts {
  if (alert.kind === "unpriced_model") {
    const { service, operation, unpriced_calls, call_date, first_date } = alert;
    return [
      ["service", service],
      ["operation", operation],
      ["calls", `${count(unpriced_calls)} on ${call_date}, the first on ${first_date}`],
    ];
  }
  const { unit, budget_name, budget_id, spent, amount, period, projected, exhausted_at, contact } = alert;
  return [
    ["budget", `${budget_name} (${budget_id})`],
    ["spent", `${quantity(unit, spent)} of ${quantity(unit, amount)} in ${period.id}`],
    ["forecast", projected && `${quantity(unit, projected)} at the end of the period`],
    ["used up", exhausted_at && moment(exhausted_at)],
    ...(alert.kind === "cost_spike"
      ? ([
          ["compared with", `${count(alert.compared_hours)} hours of the week before ${alert.hour}`],
        ] as const)
      : []),
    ["contact", contact],
  ];
}

function remarkText(remark: Alert["acknowledged"]): string | undefined {
  if (remark === undefined) return undefined;
  const { at, by, note } = remark;
  return `${moment(at)} by ${by}${note === undefined ? "" : `: ${note}`}`;
}

function toldLines(alert: Alert, deliveries: readonly Delivery[], colors: Colors): string[] {
  if (deliveries.length === 0) {
    return alert.notify ? [] : [`  ${colors.dim("people were told of a higher one of the same moment")}`];
  }
  return deliveries.flatMap((delivery) => [
    `  ${printable(deliveryText(delivery))}`,
    ...delivery.attempts.map((attempt) => colors.dim(`    ${printable(attemptText(attempt))}`)),
  ]);
}

/** `slack "Ops" failed, escalated, chn_…`, and why it waits. */
function deliveryText({ kind, channel, channel_id, state, reason, because, due_at }: Delivery): string {
  return [
    `${kind} "${channel}" ${state}`,
    ...(reason === "raised" ? [] : [reason]),
    ...(because === undefined ? [] : [because.replaceAll("_", " ")]),
    ...(state === "waiting" ? [`due ${moment(due_at)}`] : []),
    channel_id,
  ].join(", ");
}

function attemptText({ at, ms, outcome, status, error }: Delivery["attempts"][number]): string {
  const what = [outcome, ...(status === undefined ? [] : [`status ${status}`]), ...(error ? [error] : [])];
  return `${moment(at)} ${what.join(", ")}, after ${count(ms)} ms`;
}
