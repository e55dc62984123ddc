import type { BudgetLedger, LedgerRepair } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { exactMoney, placesOf } from "./exact-money.ts";
import { count, moment, printable } from "./format.ts";
import { type Column, layOut, table } from "./table.ts";

/** How the limit adds up to the last digit, who holds what of it, and whether the metrics bear it out. */
export function renderLedger(ledger: BudgetLedger, { colors }: Style): string {
  const { budget_id, enforcement, period, leases } = ledger;
  return [
    `${colors.bold(budget_id)}  ${enforcement}  ${period.id}`,
    equation(ledger),
    holdingLine(ledger),
    driftLine(ledger, colors),
    ...ledger.repairs.map((repair) => repairLine(ledger.unit, repair)),
    ...(leases.length > 0 ? ["", table(leaseColumns(ledger.unit), leases, colors)] : []),
  ].join("\n");
}

export function renderRepair({ before, after }: LedgerRepair, style: Style): string {
  if (before.drift.in_sync) return `nothing to repair\n${renderLedger(after, style)}`;
  return `repaired: ${driftText(before)}\n${renderLedger(after, style)}`;
}

/** One amount below the other, so that one can add them up. */
function equation({ unit, limit, spent, reserved, remaining }: BudgetLedger): string {
  const places = unit === "usd" ? placesOf([limit, spent, reserved, remaining]) : 0;
  const of = (amount: string) => exact(unit, amount, places);
  return layOut(
    [
      ["", "limit", of(limit)],
      ["=", "spent", of(spent)],
      ["+", "reserved", of(reserved)],
      ["+", "remaining", of(remaining)],
    ],
    ["left", "left", "right"],
  );
}

function holdingLine({ unit, holding }: BudgetLedger): string {
  const { open_leases, held, settled, seen } = holding;
  return (
    `${count(open_leases)} open ${open_leases === 1 ? "lease holds" : "leases hold"} ${exact(unit, held)}; closed ones came to ` +
    `${exact(unit, settled)}, of which ${exact(unit, seen)} has been counted`
  );
}

function driftLine(ledger: BudgetLedger, colors: Colors): string {
  if (ledger.drift.in_sync) return colors.green("in step with the metrics");
  return colors.yellow(driftText(ledger));
}

function driftText({ unit, drift }: BudgetLedger): string {
  const { holding, unconfirmed, surplus } = drift;
  const parts = [
    ...(unconfirmed === "0" ? [] : [`${exact(unit, unconfirmed)} settled that no metric has borne out yet`]),
    ...(holding === "0" ? [] : [`${exact(unit, holding)} held that no lease accounts for`]),
    ...(surplus === "0"
      ? []
      : [`${exact(unit, surplus)} more left than the rest comes to, so that nothing is given out`]),
  ];
  return `drift: ${parts.join(", ")}`;
}

/** What of it was set right, when and by whom. */
function repairLine(
  unit: BudgetLedger["unit"],
  { at, by, period_id, before, after }: BudgetLedger["repairs"][number],
): string {
  const parts = (["held", "settled", "remaining"] as const)
    .filter((part) => before[part] !== after[part])
    .map((part) => `${part} ${exact(unit, before[part])} → ${exact(unit, after[part])}`);
  return `repaired ${moment(at)} by ${printable(by)} in ${period_id}: ${parts.join(", ")}`;
}

function exact(unit: BudgetLedger["unit"], amount: string, places?: number): string {
  return unit === "usd" ? exactMoney(amount, places) : `${amount} ${unit}`;
}

const leaseColumns = (unit: BudgetLedger["unit"]): readonly Column<BudgetLedger["leases"][number]>[] => [
  { head: "lease", cell: ({ lease_id }) => lease_id },
  { head: "holds", align: "right", cell: ({ held }) => exact(unit, held) },
  { head: "calls", align: "right", cell: ({ calls }) => count(calls) },
  { head: "since", cell: ({ acquired_at }) => moment(acquired_at) },
  { head: "until", cell: ({ expires_at }) => moment(expires_at) },
];
