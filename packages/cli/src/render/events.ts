import type { UsageEvent } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { count, moment, money } from "./format.ts";
import { type Column, table } from "./table.ts";

const columns: readonly Column<UsageEvent>[] = [
  { head: "time", cell: ({ timestamp }) => moment(timestamp) },
  { head: "service", cell: ({ service }) => service },
  { head: "model", cell: ({ model }) => model ?? "" },
  { head: "operation", cell: ({ operation }) => operation },
  {
    head: "cost",
    align: "right",
    cell: ({ cost_usd }) => (cost_usd === null ? "unpriced" : money(cost_usd)),
  },
  { head: "used", cell: usedOf },
  { head: "user", cell: ({ user_id }) => user_id ?? "" },
  { head: "error", cell: ({ error }) => error ?? "" },
  { head: "request id", cell: ({ request_id }) => request_id },
];

export function renderEvents(events: readonly UsageEvent[], { colors }: Style): string {
  return events.length === 0 ? "No calls there." : table(columns, events, colors);
}

function usedOf({ usage }: UsageEvent): string {
  return Object.entries(usage)
    .map(([unit, quantity]) => `${unit} ${count(quantity ?? 0)}`)
    .join(", ");
}
