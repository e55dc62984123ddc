import {
  type AIUsageMetric,
  type Alert,
  type ApiToken,
  type Budget,
  dueAlerts,
  type Instant,
  type NamedDimension,
  type PricedMetric,
  periodAt,
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
  usageReport,
  utcDateOf,
  utcHourOf,
} from "@ai-usage/core";
import { type IngestResult, type ParsedMetric, toWireUsageReport } from "@ai-usage/wire";

/** What the API keeps, in memory: totals are summed from the metrics at each question. */
export class MemoryLedger {
  readonly metrics = new Map<string, PricedMetric>();
  readonly budgets = new Map<string, Budget>();
  readonly tokens = new Map<string, ApiToken>();

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

  /** Alerts that active budgets have raised in the period that holds `now`. */
  alerts(now: Instant): Alert[] {
    return [...this.budgets.values()].flatMap((budget) => {
      const period = periodAt(budget.period, now, budget.timeZone);
      const { cost: spent } = this.totalsOf(budget.scope, period);
      return budget.active ? dueAlerts({ budget, period, spent, now }) : [];
    });
  }

  totalsOf(scope: Scope, range: { start: Instant; end: Instant }): Totals {
    const inRange = [...this.metrics.values()].filter(
      ({ metric }) => metric.timestamp >= range.start && metric.timestamp < range.end,
    );
    return sumTotals(inRange.filter((priced) => countsIn(priced, scope)).map(totalsOf));
  }
}

function pricedAsReported(metric: AIUsageMetric): PricedMetric {
  const { reportedCost: cost } = metric;
  return {
    metric,
    pricing: cost ? { status: "reported", cost } : { status: "unpriced", reason: "no price is known" },
    customScopes: [],
  };
}

function cellOf(priced: PricedMetric) {
  const { timestamp, service, model = "", operation } = priced.metric;
  return { date: utcDateOf(timestamp), service, model, operation, totals: totalsOf(priced) };
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
