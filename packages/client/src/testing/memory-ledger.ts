import {
  type AIUsageMetric,
  type Alert,
  type ApiToken,
  type Budget,
  type BudgetStatus,
  type CubeCell,
  dueAlerts,
  type Instant,
  type NamedDimension,
  type Outcome,
  type PricedMetric,
  planUsage,
  quarterOf,
  type Scope,
  scopeOf,
  scopesOf,
  sumTotals,
  type Totals,
  totalsOf,
  type UsageData,
  type UsageQuestion,
  type UtcDate,
  unpricedModelAlert,
  usageReport,
  utcDateOf,
  utcHourOf,
} from "@ai-usage/core";
import { type IngestResult, type ParsedMetric, type ShownUnpriced, toWireUsageReport } from "@ai-usage/wire";
import { MemoryAlerts } from "./memory-alerts.ts";
import { MemoryBudgets } from "./memory-budgets.ts";
import { memoryStatus } from "./memory-figures.ts";
import { MemoryPrices } from "./memory-prices.ts";

/** What the API keeps, in memory: totals are summed from the metrics at each question. */
export class MemoryLedger {
  readonly metrics = new Map<string, PricedMetric>();
  readonly outcomes = new Map<string, Outcome>();
  readonly budgets = new MemoryBudgets();
  /** What became of alerts, and the channels that tell of them. */
  readonly told = new MemoryAlerts();
  readonly tokens = new Map<string, ApiToken>();
  readonly prices = new MemoryPrices();

  /** A metric without a cost of its own stays unpriced: there is no price book here. */
  record(parsed: ParsedMetric): IngestResult {
    if ("errors" in parsed) return { status: "rejected", ...parsed };
    const { metric } = parsed;
    const known = this.metrics.get(metric.requestId);
    if (known && JSON.stringify(known.metric) !== JSON.stringify(metric)) {
      return { status: "conflict", requestId: metric.requestId };
    }
    const priced = pricedAsReported(metric);
    this.metrics.set(metric.requestId, priced);
    return {
      status: known ? "duplicate" : "recorded",
      requestId: metric.requestId,
      cost: metric.reportedCost,
      pricingStatus: priced.pricing.status,
    };
  }

  /** @throws UnanswerableQuestionError */
  answer(question: UsageQuestion) {
    const plan = planUsage(question);
    const metrics = [...this.metrics.values()].filter(
      ({ metric }) => metric.timestamp >= plan.range.start && metric.timestamp < plan.range.end,
    );
    const ofScope = metrics.filter((priced) => countsIn(priced, plan.series?.scope));
    const data: UsageData = {
      cube: plan.cube && metrics.map(cellOf),
      series: plan.series && { days: new Map(), quarters: ofScope.map(quarterTotals) },
      dimensions: new Map(plan.dimensions.map((one) => [one, totalsByValue(metrics, one)])),
    };
    return toWireUsageReport(usageReport(question, plan, data), question);
  }

  /** Alerts of calls without a price, and those that active budgets have raised in the period that holds `now`. */
  alerts(now: Instant): Alert[] {
    const raised = [
      ...unpricedAlerts([...this.metrics.values()].map(cellOf), now),
      ...this.#thresholdAlerts(now),
    ];
    return raised.map((alert) => this.told.asItIs(alert));
  }

  #thresholdAlerts(now: Instant): Alert[] {
    return [...this.budgets.all.values()].flatMap((budget) => {
      const { period, limit, spent, projection } = this.statusOf(budget, now);
      return budget.active
        ? dueAlerts({ budget, period, limit, spent, ...(projection && { projection }), now })
        : [];
    });
  }

  statusOf(budget: Budget, now: Instant): BudgetStatus {
    return memoryStatus(this.totalsOf, budget, now);
  }

  /** What has calls without a price from one UTC day to another; nothing is estimated here. */
  unpriced(first: UtcDate, last: UtcDate): ShownUnpriced[] {
    const models = new Map<string, ShownUnpriced>();
    for (const priced of this.metrics.values()) {
      const { metric, pricing } = priced;
      const date = utcDateOf(metric.timestamp);
      if (pricing.status !== "unpriced" || date < first || date > last) continue;
      const { service, model, operation } = metric;
      const key = `${service}#${model}#${operation}`;
      const known = models.get(key);
      const totals = totalsOf(priced);
      models.set(key, {
        service,
        model,
        operation,
        unpricedCalls: (known?.unpricedCalls ?? 0) + totals.calls,
        firstDate: known && known.firstDate < date ? known.firstDate : date,
        lastDate: known && known.lastDate > date ? known.lastDate : date,
        inputTokens: (known?.inputTokens ?? 0) + totals.inputTokens,
        outputTokens: (known?.outputTokens ?? 0) + totals.outputTokens,
        reasons: [pricing.reason],
        unpricedUnits: pricing.units,
        sampledCalls: (known?.sampledCalls ?? 0) + totals.calls,
        isPriceable: false,
      });
    }
    return [...models.values()];
  }

  readonly totalsOf = (scope: Scope, range: { start: Instant; end: Instant }): Totals => {
    const inRange = [...this.metrics.values()].filter(
      ({ metric }) => metric.timestamp >= range.start && metric.timestamp < range.end,
    );
    return sumTotals(inRange.filter((priced) => countsIn(priced, scope)).map(totalsOf));
  };
}

function pricedAsReported(metric: AIUsageMetric): PricedMetric {
  const { reportedCost: cost } = metric;
  return {
    metric,
    pricing: cost
      ? { status: "reported", cost }
      : { status: "unpriced", reason: "no price is known", units: [] },
    customScopes: [],
  };
}

function cellOf(priced: PricedMetric) {
  const { timestamp, service, model = "", operation } = priced.metric;
  return { date: utcDateOf(timestamp), service, model, operation, totals: totalsOf(priced) };
}

/** As if all calls without a price had been seen just now: one alert for each model, of its latest day. */
function unpricedAlerts(cells: readonly CubeCell[], now: Instant): Alert[] {
  const unpriced = cells
    .filter(({ totals }) => totals.unpricedCalls > 0)
    .toSorted((one, other) => one.date.localeCompare(other.date));
  const alerts = unpriced.map(({ service, model, operation, date: callDate }) => {
    const alike = unpriced.filter(
      (cell) => cell.service === service && cell.model === model && cell.operation === operation,
    );
    const ofDay = alike.filter(({ date }) => date === callDate);
    return unpricedModelAlert({
      subject: { service, model: model || undefined, operation },
      callDate,
      unpricedCalls: sumTotals(ofDay.map(({ totals }) => totals)).unpricedCalls,
      firstDate: alike[0]?.date ?? callDate,
      now,
    });
  });
  return [...new Map(alerts.map((alert) => [alert.alertId, alert])).values()];
}

function quarterTotals(priced: PricedMetric) {
  const { timestamp } = priced.metric;
  return { hour: utcHourOf(timestamp), quarter: quarterOf(timestamp), totals: totalsOf(priced) };
}

function totalsByValue(metrics: readonly PricedMetric[], dimension: NamedDimension): Map<Scope, Totals> {
  const scopes = new Set(
    metrics
      .flatMap(({ metric }) => scopesOf(metric, []))
      .filter((scope) => scope.startsWith(scopeOf(dimension, ""))),
  );
  return new Map(
    [...scopes].map((scope) => [
      scope,
      sumTotals(metrics.filter((priced) => countsIn(priced, scope)).map(totalsOf)),
    ]),
  );
}

function countsIn({ metric, customScopes }: PricedMetric, scope: Scope | undefined): boolean {
  return scope !== undefined && scopesOf(metric, customScopes).includes(scope);
}
