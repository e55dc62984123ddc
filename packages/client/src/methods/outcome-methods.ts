import type { OutcomePage, RecordOutcomesAnswer } from "../answers.ts";
import type { OutcomeInput, OutcomeQuery } from "../outcome-requests.ts";
import { pagesOf } from "../pages.ts";
import { UsageMethods } from "./usage-methods.ts";

export abstract class OutcomeMethods extends UsageMethods {
  /** Stores up to 500 outcomes. That one of them is refused is no error: each has its own result, in the order sent. */
  recordOutcomes(outcomes: readonly OutcomeInput[]): Promise<RecordOutcomesAnswer> {
    return this.repeat("POST", "/outcomes", { outcomes });
  }

  /** Newest first. A page may be empty and not the last. */
  listOutcomes(query: OutcomeQuery = {}): Promise<OutcomePage> {
    return this.ask("/outcomes", query);
  }

  /** Outcomes page by page, to the last. */
  outcomePages(query: OutcomeQuery = {}): AsyncGenerator<OutcomePage, void> {
    return pagesOf((cursor) => this.listOutcomes({ ...query, cursor }), query.cursor);
  }
}
