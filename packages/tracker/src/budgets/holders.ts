import type { BudgetedCall, CallMaximum, LeaseHolder } from "@ai-usage/client/leases";

/** Kinds of calls that are held at a time. Those that were not made for longest are given up first. */
const HOLDERS_MAX = 200;

/** Who holds leases, one for each kind of call. */
export class Holders {
  readonly #make: (call: BudgetedCall, max: CallMaximum) => LeaseHolder;
  /** The one used last stands last. */
  readonly #byKind = new Map<string, LeaseHolder>();
  #last: { readonly kind: string; readonly holder: LeaseHolder } | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(make: (call: BudgetedCall, max: CallMaximum) => LeaseHolder) {
    this.#make = make;
  }

  of(call: BudgetedCall, max: CallMaximum): LeaseHolder {
    const kind = JSON.stringify([call, max]);
    if (this.#last?.kind === kind) return this.#last.holder;
    const known = this.#byKind.get(kind);
    if (known !== undefined) this.#byKind.delete(kind);
    const holder = known ?? this.#make(call, max);
    this.#byKind.set(kind, holder);
    this.#last = { kind, holder };
    if (known === undefined && this.#byKind.size > HOLDERS_MAX) this.#giveUpOldest();
    return holder;
  }

  async close(): Promise<void> {
    const open = [...this.#byKind.values()];
    this.#byKind.clear();
    this.#last = undefined;
    await Promise.all([...open.map((holder) => holder.close()), ...this.#closing]);
  }

  #giveUpOldest(): void {
    const [oldest] = this.#byKind;
    if (oldest === undefined) return;
    const [kind, holder] = oldest;
    this.#byKind.delete(kind);
    const closing = holder.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
