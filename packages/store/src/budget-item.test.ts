import {
  Amount,
  type Budget,
  type BudgetAmendment,
  type BudgetProposal,
  budgetUnits,
  enforcements,
  failModes,
  instantFromEpochMs,
  parseScope,
  periodKinds,
  proposalStates,
  type TemporaryIncrease,
  type Threshold,
  thresholdBases,
  thresholdLevels,
  weekdays,
} from "@ai-usage/core";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBudgetItem, toBudgetItem } from "./budget-item.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";
import { fromProposalItem, toProposalItem } from "./proposal-item.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

const text = fc.string({ minLength: 1, maxLength: 20 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const amount = fc
  .bigInt({ min: 0n, max: 10n ** 27n })
  .map((units) => Amount.parse("0.000000000000000001").times(units));
const moment = fc.integer({ min: 0, max: 4e12 }).map(instantFromEpochMs);
const threshold: fc.Arbitrary<Threshold> = fc.record({
  at: fc.oneof(fc.record({ percent: fc.constantFrom("80", "99.5") }), fc.record({ amount })),
  on: fc.constantFrom(...thresholdBases),
  level: fc.constantFrom(...thresholdLevels),
});
const increase: fc.Arbitrary<TemporaryIncrease> = fc.record({
  increaseId: text,
  amount,
  from: moment,
  until: moment,
  by: text,
  reason: text,
});
const rollover = fc.record({ cap: amount });
const spike = fc.record({ times: fc.constantFrom("2", "3.5"), atLeast: amount });
const metadata = fc.dictionary(fc.constantFrom("a", "b", "cost center"), text);
const scope = fc.constantFrom("global:all", "user:ann", "department:r&d").map(parseScope);
const budget: fc.Arbitrary<Budget> = fc.record({
  budgetId: text,
  name: text,
  scope,
  unit: fc.constantFrom(...budgetUnits),
  amount,
  period: fc.constantFrom(...periodKinds),
  calendar: fc.record({
    timeZone: fc.constantFrom("UTC", "Asia/Kathmandu"),
    weekStartsOn: optional(fc.constantFrom(...weekdays)),
    yearStartsIn: optional(fc.integer({ min: 1, max: 12 })),
  }),
  thresholds: fc.array(threshold, { maxLength: 3 }),
  enforcement: fc.constantFrom(...enforcements),
  failMode: fc.constantFrom(...failModes),
  rollover: optional(rollover),
  spike: optional(spike),
  contact: optional(text),
  metadata,
  active: fc.boolean(),
  revision: fc.nat(),
  createdAt: moment,
  createdBy: text,
  updatedAt: moment,
  managedBy: optional(text),
  managedKey: optional(text),
  amounts: fc.array(
    fc.record({ from: moment, amount, rolloverCap: optional(amount), approved: optional(fc.boolean()) }),
    { maxLength: 3 },
  ),
  increases: fc.array(increase, { maxLength: 2 }),
});

describe("item of a budget", () => {
  it("is read as the budget that it was made of", () => {
    fc.assert(
      fc.property(budget, text, (given, changeId) => {
        const item = stored(toBudgetItem(given, changeId));
        expect(plain(fromBudgetItem(item))).toEqual(plain(given));
        expect(item).toMatchObject({
          PK: `BUDGET#${given.budgetId}`,
          SK: "BUDGET",
          GSI2PK: "BUDGETS",
          GSI2SK: `${given.createdAt}#${given.budgetId}`,
          change_id: changeId,
        });
      }),
      { numRuns: 200 },
    );
  });

  it("names the attribute that is not what a budget has", () => {
    const [given] = fc.sample(budget, 1);
    if (!given) throw new Error("there is a sample");
    const item = stored(toBudgetItem(given, "chg_1"));
    for (const attribute of ["scope", "amount", "period", "thresholds", "amounts", "fail_mode", "metadata"]) {
      const broken = { ...item, [attribute]: true };
      expect(() => fromBudgetItem(broken), attribute).toThrow(InvalidItemError);
      expect(() => fromBudgetItem(broken), attribute).toThrow(attribute);
    }
  });
});

const edit: fc.Arbitrary<BudgetAmendment> = fc.oneof(
  fc.record({
    kind: fc.constant("update" as const),
    terms: fc.record(
      {
        name: text,
        amount,
        thresholds: fc.array(threshold, { maxLength: 2 }),
        enforcement: fc.constantFrom(...enforcements),
        failMode: fc.constantFrom(...failModes),
        metadata,
        rollover: fc.option(rollover),
        spike: fc.option(spike),
        contact: fc.option(text),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ kind: fc.constant("increase" as const), increase }),
  fc.record({ kind: fc.constant("end_increase" as const), increaseId: text }),
  fc.constantFrom({ kind: "deactivate" as const }, { kind: "reactivate" as const }),
);
const proposal: fc.Arbitrary<BudgetProposal> = fc.record({
  proposalId: text,
  budgetId: text,
  scope,
  edit,
  reason: optional(text),
  proposedAt: moment,
  proposedBy: text,
  revision: fc.nat(),
  amountBefore: amount,
  amountAfter: amount,
  state: fc.constantFrom(...proposalStates),
  decidedAt: optional(moment),
  decidedBy: optional(text),
  decisionReason: optional(text),
});

describe("item of a proposal", () => {
  it("is read as the proposal that it was made of: what it ends is not what it leaves alone", () => {
    fc.assert(
      fc.property(proposal, (given) => {
        expect(plain(fromProposalItem(stored(toProposalItem(given))))).toEqual(plain(given));
      }),
      { numRuns: 300 },
    );
  });
});
