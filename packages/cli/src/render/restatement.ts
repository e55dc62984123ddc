import { Money, type Restatement, type RestatementReport } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { change, signedMoney } from "./exact-money.ts";
import { count, money, printable } from "./format.ts";
import { selectionOf } from "./restatements.ts";
import { shellWord } from "./shell-word.ts";
import { type Column, fittingTable, layOut } from "./table.ts";

type OfDay = RestatementReport["by_day"][number];
type OfScope = RestatementReport["by_scope"][number];
type OfBudget = RestatementReport["by_budget"][number];

const SCOPES_SHOWN = 20;

export function renderRestatement(report: RestatementReport, style: Style): string {
  const { colors } = style;
  const title = (text: string) => colors.bold(text);
  const sections = [headingOf(report, style)];
  if (report.changed_calls === 0) {
    sections.push("Nothing changes: every call has the price that is known now, or none is known.");
    return sections.join("\n\n");
  }
  sections.push(
    summaryOf(report),
    `${title("By day")}\n${fittingTable(dayColumns, report.by_day, style)}`,
    `${title("By scope")}\n${fittingTable(scopeColumns, topScopes(report.by_scope), style)}`,
  );
  if (report.by_budget.length > 0) {
    sections.push(`${title("By budget")}\n${fittingTable(budgetColumns, report.by_budget, style)}`);
  }
  if (report.dry_run && report.state === "done") sections.push(howToApply(report));
  return sections.join("\n\n");
}

function headingOf(report: RestatementReport, { colors }: Style): string {
  const kind = report.dry_run ? "What would change" : "What changed";
  const title = colors.bold(`${kind} ${report.from} to ${report.to}`);
  const selection = printable(selectionOf(report));
  return [title, ...(selection === "" ? [] : [selection]), colors.dim(report.restatement_id)].join("  ");
}

function summaryOf(report: RestatementReport): string {
  const { cost_before_usd, cost_after_usd, difference_usd, changed_calls, progress } = report;
  const by = change(cost_before_usd, cost_after_usd);
  return layOut(
    [
      ["Calls changed", count(changed_calls), `of ${count(progress.metrics_seen)} records seen`],
      ["They cost", money(cost_before_usd), ""],
      [report.dry_run ? "They would cost" : "They cost now", money(cost_after_usd), ""],
      ["Difference", signedMoney(difference_usd), by],
    ],
    ["left", "right", "left"],
  );
}

interface Sums {
  readonly changed_calls: number;
  readonly cost_before_usd: string;
  readonly cost_after_usd: string;
  readonly difference_usd: string;
}

const callsColumn: Column<Sums> = {
  head: "calls",
  align: "right",
  cell: ({ changed_calls }) => count(changed_calls),
};
const differenceColumn: Column<Sums> = {
  head: "difference",
  align: "right",
  cell: ({ difference_usd }) => signedMoney(difference_usd),
};
const sumColumns: readonly Column<Sums>[] = [
  callsColumn,
  { head: "before", align: "right", cell: ({ cost_before_usd }) => money(cost_before_usd) },
  { head: "after", align: "right", cell: ({ cost_after_usd }) => money(cost_after_usd) },
  differenceColumn,
];

const dayColumns: readonly Column<OfDay>[] = [{ head: "day", cell: ({ date }) => date }, ...sumColumns];

const scopeColumns: readonly Column<OfScope>[] = [
  { head: "scope", cuts: true, cell: ({ scope }) => scope },
  ...sumColumns,
];

const budgetColumns: readonly Column<OfBudget>[] = [
  { head: "budget", cuts: true, cell: ({ name }) => name },
  { head: "period", cell: ({ period_id }) => period_id },
  differenceColumn,
  { head: "spent before", align: "right", cell: ({ spent_before_usd }) => money(spent_before_usd) },
  { head: "after", align: "right", cell: ({ spent_after_usd }) => money(spent_after_usd) },
  { head: "of", align: "right", cell: ({ amount_usd }) => money(amount_usd) },
  { head: "", cell: crossingOf },
];

function crossingOf({ amount_usd, spent_before_usd, spent_after_usd }: OfBudget): string {
  const amount = Money.parse(amount_usd);
  const wasOver = Money.parse(spent_before_usd).atLeast(amount);
  const isOver = Money.parse(spent_after_usd).atLeast(amount);
  if (wasOver === isOver) return isOver ? "exceeded" : "";
  return isOver ? "now exceeded" : "no longer exceeded";
}

/** Those whose cost changes most, and all others as one. A call counts in several scopes, so they do not add up to the whole. */
function topScopes(scopes: readonly OfScope[]): OfScope[] {
  const others = scopes.slice(SCOPES_SHOWN);
  if (others.length < 2) return [...scopes];
  const total = (of: (scope: OfScope) => string) =>
    Money.sum(others.map((one) => Money.parse(of(one)))).toString();
  return [
    ...scopes.slice(0, SCOPES_SHOWN),
    {
      scope: `(${count(others.length)} others)`,
      changed_metrics: others.reduce((sum, { changed_metrics }) => sum + changed_metrics, 0),
      changed_calls: others.reduce((sum, { changed_calls }) => sum + changed_calls, 0),
      cost_before_usd: total(({ cost_before_usd }) => cost_before_usd),
      cost_after_usd: total(({ cost_after_usd }) => cost_after_usd),
      difference_usd: total(({ difference_usd }) => difference_usd),
    },
  ];
}

function howToApply({ from, to, service, model, only_unpriced }: Restatement): string {
  const options = [
    `--from ${from} --to ${to}`,
    ...(service === null ? [] : [`--service ${shellWord(service)}`]),
    ...(model === null ? [] : [`--model ${shellWord(model)}`]),
    ...(only_unpriced ? ["--unpriced"] : []),
  ].join(" ");
  return `Nothing was changed. To apply it: ai-usage prices restate ${options}`;
}
