import {
  type Admission,
  type BudgetExhaustedError,
  type CallMaximum,
  LeaseHolder,
  type LeaseHolderOptions,
} from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import type { CallStart, CallTerms } from "../recording/call.ts";
import type { Entry, Gate } from "../recording/gate.ts";
import { budgetedCall } from "./budgeted-call.ts";
import { maximumOf, outputTokensOf } from "./call-maximum.ts";
import { BudgetUnavailableError } from "./errors.ts";
import { Holders } from "./holders.ts";
import { modelOf } from "./model-names.ts";
import { type RefusalPolicy, throwOnRefusal } from "./refusal-policy.ts";
import { spentBy } from "./spent.ts";

export interface HardBudgetOptions {
  /** @default throw */
  readonly onRefusal?: RefusalPolicy;
  /** Calls that ask for more output tokens, or do not say, are made with so many. @default as they ask */
  readonly outputTokensMax?: number;
  /**
   * What a call may take at most. The budgets hold as far as that is true: declare pictures, files and what tools add.
   * @default the tokens that its texts can come to, and the output that it asks for
   */
  readonly maximum?: (start: CallStart) => CallMaximum;
  /** Which calls are held against budgets. @default all */
  readonly only?: (start: CallStart, context: UsageContext) => boolean;
  /** Metadata that are scopes of their own, as the stack's setting says. @default none */
  readonly scopeMetadataKeys?: readonly string[];
  /** What becomes of calls while the budgets cannot be asked and have not said. @default "open" */
  readonly failMode?: LeaseHolderOptions["failMode"];
  /** How long a lease lasts. @default 60 */
  readonly ttlSeconds?: number;
}

export interface HardBudgetParts extends HardBudgetOptions {
  readonly client: LeaseHolderOptions["client"];
  readonly onProblem: (problem: TrackerProblem) => void;
  /** How long calls wait for an answer at most, in milliseconds. @default as long as it takes */
  readonly waitMsMax?: number;
}

/** A call, as far as budgets are concerned. */
interface AskedCall {
  readonly start: CallStart;
  readonly context: UsageContext;
  readonly model: string | undefined;
}

const QUEUE_STEP_MS = 250;
/** While calls wait for room, budgets are asked for it so often. */
const QUEUE_ASK_MS = 1_000;
/** A chain of tiers is short; one that goes in a circle must end. */
const MODELS_MAX = 5;

/** Holds calls against hard budgets: takes leases in the background, and lets calls in from them in memory. */
export class HardBudget implements Gate {
  readonly #parts: HardBudgetParts;
  readonly #policy: RefusalPolicy;
  readonly #holders: Holders;

  constructor(parts: HardBudgetParts) {
    this.#parts = parts;
    this.#policy = parts.onRefusal ?? throwOnRefusal;
    const onProblem = (error: Error) => parts.onProblem({ kind: "budget", error });
    const { client, failMode, ttlSeconds, waitMsMax } = parts;
    this.#holders = new Holders(
      (call, max) =>
        new LeaseHolder({
          ...{ client, call, max, onProblem },
          ...(this.#policy.kind === "queue" && { refusedMsMax: QUEUE_ASK_MS }),
          ...(failMode !== undefined && { failMode }),
          ...(ttlSeconds !== undefined && { ttlSeconds }),
          ...(waitMsMax !== undefined && { waitMsMax }),
        }),
    );
  }

  enter(start: CallStart, context: UsageContext): Entry | Promise<Entry> {
    if (this.#parts.only?.(start, context) === false) return NOT_HELD;
    const asked = { start, context, model: modelOf(start) };
    const admission = this.#holderOf(asked).tryAdmit();
    return admission?.outcome === "admitted"
      ? this.#entry(admission, asked)
      : this.#enterLater(asked, admission);
  }

  close(): Promise<void> {
    return this.#holders.close();
  }

  /** Nothing is held that the call could be let in from, or budgets have no room for it. */
  async #enterLater(asked: AskedCall, known: Admission | undefined): Promise<Entry> {
    const waitsUntil = performance.now() + (this.#policy.kind === "queue" ? this.#policy.waitMsMax : 0);
    let admission = known ?? (await this.#holderOf(asked).admit());
    let current = asked;
    for (let tries = 0; admission.outcome === "refused"; tries += 1) {
      const next = await this.#afterRefusal(current, admission.error, { tries, waitsUntil });
      if (next === undefined) throw admission.error;
      current = next;
      admission = await this.#holderOf(current).admit();
    }
    return this.#entry(admission, current);
  }

  /** @returns the call to be asked for next; nothing when it is refused for good */
  async #afterRefusal(
    asked: AskedCall,
    error: BudgetExhaustedError,
    { tries, waitsUntil }: { readonly tries: number; readonly waitsUntil: number },
  ): Promise<AskedCall | undefined> {
    const { model, start } = asked;
    switch (this.#policy.kind) {
      case "throw":
        return undefined;
      case "queue": {
        const leftMs = waitsUntil - performance.now();
        if (leftMs <= 0) return undefined;
        await wait(Math.min(leftMs, QUEUE_STEP_MS * (1 + Math.random())));
        return asked;
      }
      case "other-model": {
        if (model === undefined || tries >= MODELS_MAX) return undefined;
        const other = this.#policy.choose({ service: start.service, model, error });
        return other === undefined ? undefined : { ...asked, model: other };
      }
      default:
        return this.#policy satisfies never;
    }
  }

  #holderOf({ start, context, model }: AskedCall): LeaseHolder {
    const { maximum, outputTokensMax, scopeMetadataKeys } = this.#parts;
    const max = maximum?.(start) ?? maximumOf(start, outputTokensMax);
    const operation = context.operation ?? start.operation;
    const call = budgetedCall({ service: start.service, model, operation }, context, scopeMetadataKeys);
    return this.#holders.of(call, max);
  }

  #entry(admission: Exclude<Admission, { outcome: "refused" }>, asked: AskedCall): Entry {
    const terms = this.#termsOf(asked);
    if (admission.outcome === "admitted") {
      const { model } = asked;
      return {
        leaseId: admission.leaseId,
        ...(terms !== undefined && { terms }),
        done: (end) => admission.done(spentBy(end, { admission, model })),
      };
    }
    const error = new BudgetUnavailableError(admission.error);
    this.#parts.onProblem({ kind: "budget", error });
    if (admission.failMode === "closed") throw error;
    return terms === undefined ? NOT_HELD : { ...NOT_HELD, terms };
  }

  #termsOf({ start, model }: AskedCall): CallTerms | undefined {
    const { outputTokensMax } = this.#parts;
    const isOther = model !== undefined && model !== modelOf(start);
    const asked = outputTokensOf(start.request);
    const isCapped = outputTokensMax !== undefined && (asked === undefined || asked > outputTokensMax);
    if (!isOther && !isCapped) return undefined;
    return { ...(isOther && { model }), ...(isCapped && { outputTokensMax }) };
  }
}

const NOT_HELD: Entry = { done: () => {} };

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
