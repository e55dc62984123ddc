import {
  type BudgetPatch,
  type BudgetTermsInput,
  type BudgetUnit,
  budgetUnits,
  type Enforcement,
  enforcements,
  type FailMode,
  failModes,
  type PeriodKind,
  periodKinds,
  type ThresholdInput,
  type Weekday,
  weekdays,
} from "@ai-usage/client";
import { type Command, Option } from "commander";
import { positiveAmount, spike, thresholds } from "../../budget-parsers.ts";
import { keyValue, timeZone, wholeNumber } from "../../parsers.ts";

/** Options that make the terms of a budget or a template. */
export interface TermsFlags extends ChangeableFlags {
  readonly amount: string;
  readonly period: PeriodKind;
  readonly unit?: BudgetUnit;
  readonly tz?: string;
  readonly weekStartsOn?: Weekday;
  readonly fiscalYearStartsIn?: number;
}

/** Those that may be changed later. `false` ends what was there. */
export interface ChangeableFlags {
  readonly amount?: string;
  readonly name?: string;
  readonly threshold?: readonly ThresholdInput[];
  readonly enforcement?: Enforcement;
  readonly failMode?: FailMode;
  readonly rollover?: string | boolean;
  readonly spike?: { readonly times: string; readonly at_least: string } | false;
  readonly contact?: string | false;
  readonly metadata?: Readonly<Record<string, string>>;
}

export function addTermsOptions(command: Command): Command {
  command
    .requiredOption("--amount <n>", "for each period: US dollars, or what --unit says", positiveAmount)
    .addOption(
      new Option("--period <kind>", "when it begins anew").choices(periodKinds).makeOptionMandatory(),
    )
    .addOption(new Option("--unit <unit>", "what is limited (usd)").choices(budgetUnits))
    .option("--tz <zone>", "IANA time zone that its periods begin in (UTC)", timeZone)
    .addOption(new Option("--week-starts-on <day>", "first day of its weeks (monday)").choices(weekdays))
    .option("--fiscal-year-starts-in <month>", "of its years and quarters, 1 to 12 (1)", wholeNumber(1, 12));
  return addChangeableOptions(command);
}

export function addChangeableOptions(command: Command): Command {
  return command
    .option(
      "--threshold <list>",
      "when to alert: 50,80=WARNING,amount:250,forecast:100; none for never (50,80,95,100)",
      thresholds,
    )
    .addOption(
      new Option(
        "--enforcement <kind>",
        "soft alerts, hard refuses calls, shadow counts what it would refuse (soft)",
      ).choices(enforcements),
    )
    .addOption(
      new Option("--fail-mode <mode>", "whether calls are made while nobody can be asked (open)").choices(
        failModes,
      ),
    )
    .option(
      "--rollover [cap]",
      "add what was not used to the next period, so much at most (the amount)",
      positiveAmount,
    )
    .option("--spike <times,usd>", "alert when an hour costs 4 times the usual and $10 at least: 4,10", spike)
    .option("--contact <text>", "whom to ask for more; shown to those who are refused")
    .option("--metadata <name=text>", "for attribution; several times", keyValue)
    .option("--name <text>", "what it is called in alerts");
}

export function termsOf(flags: TermsFlags): BudgetTermsInput {
  const { period, unit, tz, weekStartsOn, fiscalYearStartsIn } = flags;
  const { rollover, spike, contact, amount = flags.amount, ...terms } = changesOf(flags);
  return {
    amount,
    period,
    ...(unit !== undefined && { unit }),
    ...(tz !== undefined && { time_zone: tz }),
    ...(weekStartsOn !== undefined && { week_starts_on: weekStartsOn }),
    ...(fiscalYearStartsIn !== undefined && { fiscal_year_starts_in: fiscalYearStartsIn }),
    ...terms,
    ...(rollover && { rollover }),
    ...(spike && { spike }),
    ...(contact && { contact }),
  };
}

export function changesOf(flags: ChangeableFlags): BudgetPatch {
  const { name, amount, threshold, enforcement, failMode, rollover, spike, contact, metadata } = flags;
  return {
    ...(name !== undefined && { name }),
    ...(amount !== undefined && { amount }),
    ...(threshold && { thresholds: threshold }),
    ...(enforcement && { enforcement }),
    ...(failMode && { fail_mode: failMode }),
    ...(rollover !== undefined && { rollover: rolloverOf(rollover) }),
    ...(spike !== undefined && { spike: spike || null }),
    ...(contact !== undefined && { contact: contact || null }),
    ...(metadata && { metadata }),
  };
}

function rolloverOf(flag: string | boolean): { cap?: string } | null {
  if (flag === false) return null;
  return flag === true ? {} : { cap: flag };
}
