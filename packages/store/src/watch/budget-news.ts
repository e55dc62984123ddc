import {
  type Budget,
  type CrossingAlert,
  quarters,
  type RecoveredAlert,
  type Scope,
  type TotalBucket,
  type Totals,
} from "@ai-usage/core";
import { newAlertsOf } from "../alerts.ts";
import { fromBudgetItem } from "../budget-item.ts";
import { fromSumAttributes } from "../counter-item.ts";
import { bucketOfTotal, budgetKey, prefixes, scopeOfTotal } from "../keys.ts";
import { itemAfter, itemBefore, keyOfRecord, type StreamRecord } from "../stream-record.ts";

/** A total that changed. */
export interface TotalNews {
  readonly scope: Scope;
  readonly bucket: TotalBucket;
  /** Something of it is less than before: it was corrected. */
  readonly wentDown: boolean;
}

/** A budget that is new, or was changed. */
interface BudgetChangeNews {
  readonly before?: Budget;
  readonly after: Budget;
}

/** What a batch of the table's stream holds for the budgets. */
export interface BudgetNews {
  readonly totals: readonly TotalNews[];
  readonly budgets: readonly BudgetChangeNews[];
  /**
   * Crossings and recoveries that were just written down. What they were told by may have changed while that was done, so
   * their budgets are looked at once more.
   */
  readonly alerts: readonly (CrossingAlert | RecoveredAlert)[];
}

export function budgetNewsOf(records: readonly StreamRecord[]): BudgetNews {
  const totals = new Map<string, TotalNews>();
  const budgets: BudgetChangeNews[] = [];
  for (const record of records) {
    const { PK, SK } = keyOfRecord(record);
    if (PK.startsWith(prefixes.total)) {
      const bucket = bucketOfTotal({ SK });
      // Lineages of one bucket are one piece of news.
      const name = `${PK}#${JSON.stringify(bucket)}`;
      const wentDown = totals.get(name)?.wentDown || hasLess(record, bucket);
      totals.set(name, { scope: scopeOfTotal({ PK, SK }), bucket, wentDown });
    } else if (PK.startsWith(prefixes.budget) && SK === budgetKey("").SK) {
      const [before, after] = [itemBefore(record), itemAfter(record)];
      if (after)
        budgets.push({ after: fromBudgetItem(after), ...(before && { before: fromBudgetItem(before) }) });
    }
  }
  const alerts = newAlertsOf(records).flatMap((alert) =>
    alert.kind === "cost_spike" || alert.kind === "unpriced_model" ? [] : [alert],
  );
  return { totals: [...totals.values()], budgets, alerts };
}

function hasLess(record: StreamRecord, { kind }: TotalBucket): boolean {
  const [before, after] = [itemBefore(record) ?? {}, itemAfter(record) ?? {}];
  const slots = kind === "day" ? (["all"] as const) : quarters;
  return slots.some((slot) => isLess(fromSumAttributes(after, slot), fromSumAttributes(before, slot)));
}

/** In anything that a budget may be about. */
const isLess = (a: Totals, b: Totals): boolean =>
  a.cost.compare(b.cost) < 0 ||
  a.calls < b.calls ||
  a.inputTokens < b.inputTokens ||
  a.outputTokens < b.outputTokens;
