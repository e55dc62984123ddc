import { type Alert, epochMsOf, type Instant, repeatedCrossingId } from "@ai-usage/core";
import { putAlert } from "../alerts.ts";
import type { Table } from "../table.ts";

const KNOWN_ALERTS_MAX = 10_000;

/** Another process may see an alert recover. Only for so long is it taken for granted here that one stands. */
const KNOWN_MS = 60_000;

/** Raises alerts, and remembers for a minute which stand: they need not be put again with every change. */
export class AlertRaiser {
  readonly #table: Table;
  /** Until when, in milliseconds since 1970. */
  readonly #known = new Map<string, number>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** @returns the alert as it was raised, or nothing when it was there */
  async raise<A extends Alert>(alert: A, now: Instant): Promise<A | undefined> {
    const at = epochMsOf(now);
    if ((this.#known.get(alert.alertId) ?? 0) > at) return undefined;
    const raised = await this.#put(alert);
    if (this.#known.size >= KNOWN_ALERTS_MAX) this.#known.clear();
    this.#known.set(alert.alertId, at + KNOWN_MS);
    return raised;
  }

  /** To be called when alerts may have ended: what stands is found out anew. */
  forget(): void {
    this.#known.clear();
  }

  /** A threshold that was crossed, recovered from and crossed again is news. A forecast is told once. */
  async #put<A extends Alert>(alert: A): Promise<A | undefined> {
    for (let time = 1; ; time++) {
      const one = { ...alert, alertId: repeatedCrossingId(alert.alertId, time) };
      const outcome = await putAlert(this.#table, one);
      if (outcome === "raised") return one;
      if (outcome !== "recovered" || alert.kind !== "budget_threshold") return undefined;
    }
  }
}
