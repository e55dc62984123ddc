import type { Alert } from "@ai-usage/core";
import { raiseAlert } from "./alerts.ts";
import type { Table } from "./table.ts";

const KNOWN_ALERTS_MAX = 10_000;

/** Raises alerts and remembers them: one seen once need not be put again with every change, as none is taken back. */
export class AlertRaiser {
  readonly #table: Table;
  readonly #known = new Set<string>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** @returns whether it was new */
  async raise(alert: Alert): Promise<boolean> {
    if (this.#known.has(alert.alertId)) return false;
    const isNew = await raiseAlert(this.#table, alert);
    if (this.#known.size >= KNOWN_ALERTS_MAX) this.#known.clear();
    this.#known.add(alert.alertId);
    return isNew;
  }
}
