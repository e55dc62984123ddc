import { Decimal } from "decimal.js";
import { InvalidMoneyError, MONEY_SCALE, Money } from "../money.ts";
import { nameProblem } from "../scope.ts";
import { UnitCounts } from "./unit-counts.ts";
import { isCountName, isPlainName, nameInUnit, unknownUnit } from "./unknown-unit.ts";

/** What a metric takes; more would be a wall of text about one broken answer. */
const PROBLEMS_MAX = 10;
const PROBLEM_LENGTH_MAX = 200;
const ITEMS_MAX = 10_000;
/** How deep counts that nobody knows are looked for. It also ends the search in an object that contains itself. */
const DEPTH_MAX = 4;
/** Far above what one answer can hold. */
const COUNT_MAX = 1_000_000_000;

const WORD = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/;
const DECIMAL_TEXT = /^-?\d{1,20}(\.\d{1,20})?$/;

/**
 * A value in a provider's answer that knows where it stands. Reading never throws, whatever the value is: what cannot be
 * read counts as not reported, and the problems say so. They name places and numbers, never a text of the answer.
 *
 * A member that was asked for is known; {@link Answer.unknownCounts} finds the counts that were not.
 */
export class Answer {
  readonly path: string;
  /** What is wrong, of all values of the same answer. */
  readonly problems: string[];
  /** As it came: to be looked at, not to be kept. */
  readonly value: unknown;
  #isDuplicate = false;
  readonly #members = new Map<string, Answer>();

  constructor(value: unknown, path = "", problems: string[] = []) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  report(problem: string): void {
    const text = problem.slice(0, PROBLEM_LENGTH_MAX);
    const isNew = this.problems.length < PROBLEMS_MAX && !this.problems.includes(text);
    if (isNew) this.problems.push(text);
  }

  isPresent(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  isObject(): boolean {
    return isObject(this.value);
  }

  /** The member of that name, of no value where there is none. */
  at(name: string): Answer {
    const known = this.#members.get(name);
    if (known) return known;
    const member = this.#member(name);
    this.#members.set(name, member);
    return member;
  }

  #member(name: string): Answer {
    const value = isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    const step = isPlainName(name) ? name : "(unnamed)";
    return new Answer(value, this.path === "" ? step : `${this.path}.${step}`, this.problems);
  }

  /** The first of several members that is there, since providers call one thing by different names. Others say it again. */
  either(...names: readonly string[]): Answer {
    const members = names.map((name) => this.at(name));
    const chosen = members.find((member) => member.isPresent()) ?? this.at(names[0] ?? "");
    for (const member of members) member.#isDuplicate = member !== chosen;
    return chosen;
  }

  /** The members of those names are sums or parts of others, or cost nothing. */
  knows(...names: readonly string[]): this {
    for (const name of names) this.at(name);
    return this;
  }

  /** The items of a list; none where it is no list. */
  items(): Answer[] {
    if (!Array.isArray(this.value)) return [];
    const items: readonly unknown[] = this.value;
    return items
      .slice(0, ITEMS_MAX)
      .map((item, index) => new Answer(item, `${this.path}[${index}]`, this.problems));
  }

  isList(): boolean {
    return Array.isArray(this.value);
  }

  /** A count: of several names the first that is not zero, then the first that is there. Absent is not zero. */
  count(...names: readonly string[]): number | undefined {
    const counts = names.flatMap((name) => this.at(name).#asCount() ?? []);
    return counts.find((count) => count > 0) ?? counts[0];
  }

  /** A quantity that need not be whole, like the length of a recording; rounded to the nearest whole. */
  quantity(name: string): number | undefined {
    const number = this.at(name).#asNumber();
    return number === undefined ? undefined : Math.round(number);
  }

  /** An id or the name of a model. */
  name(...names: readonly string[]): string | undefined {
    return names.map((name) => this.at(name).#asName()).find((name) => name !== undefined);
  }

  /** A word of the provider's own vocabulary: a tier, a region, a class of error. Other text is not read. */
  word(...names: readonly string[]): string | undefined {
    return names.map((name) => this.at(name).asWord()).find((word) => word !== undefined);
  }

  asWord(): string | undefined {
    return typeof this.value === "string" && WORD.test(this.value) ? this.value : undefined;
  }

  /** How many characters a text has. */
  lengthOf(name: string): number | undefined {
    const value = this.at(name).value;
    return typeof value === "string" ? Array.from(value).length : undefined;
  }

  isTrue(name: string): boolean {
    return this.at(name).value === true;
  }

  /** An amount of US dollars, as text or as a JSON number, taken as it is written; rounded to 18 places. */
  amount(name: string): Money | undefined {
    const member = this.at(name);
    const number = member.#asNumber(Number.MAX_SAFE_INTEGER);
    if (number === undefined) return undefined;
    try {
      const written = number === 0 ? "0" : String(member.value);
      return Money.parse(new Decimal(written).toDecimalPlaces(MONEY_SCALE).toFixed());
    } catch (error) {
      if (!(error instanceof InvalidMoneyError)) throw error;
      member.report(`${member.path} is no amount that can be kept`);
      return undefined;
    }
  }

  /** Counts in this object and its objects that were not asked for, where they are not zero. */
  unknownCounts(): UnitCounts {
    const counts = new UnitCounts();
    this.#collectUnknown([], counts);
    return counts;
  }

  #collectUnknown(place: readonly string[], counts: UnitCounts): void {
    if (!isObject(this.value) || place.length > DEPTH_MAX) return;
    for (const name of Object.keys(this.value)) {
      const known = this.#members.get(name);
      if (known !== undefined ? known.#isDuplicate : false) continue;
      const member = known ?? this.#member(name);
      const here = [...place, nameInUnit(name)];
      if (member.isObject()) member.#collectUnknown(here, counts);
      else if (known === undefined && isCountName(name) && member.#isNumeric()) {
        const number = member.#asNumber() ?? 0;
        if (number > 0) counts.add(unknownUnit(here), Math.ceil(number));
      }
    }
  }

  #asCount(): number | undefined {
    const number = this.#asNumber();
    if (number === undefined || Number.isInteger(number)) return number;
    this.report(`${this.path} is ${number}, no whole number; rounded`);
    return Math.round(number);
  }

  /** Text is read too, since JSON mappings write large integers as text. */
  #asNumber(max = COUNT_MAX): number | undefined {
    if (!this.isPresent()) return undefined;
    const number = this.#isNumeric() ? Number(this.value) : Number.NaN;
    if (!Number.isFinite(number)) return this.#refuse("is no number; not read");
    if (number > max) return this.#refuse("is too large to be true; not read");
    if (number >= 0) return number;
    this.report(`${this.path} is ${number}, less than nothing; read as 0`);
    return 0;
  }

  #isNumeric(): boolean {
    const value = this.value;
    return (
      typeof value === "number" ||
      typeof value === "bigint" ||
      (typeof value === "string" && DECIMAL_TEXT.test(value))
    );
  }

  #asName(): string | undefined {
    const value = this.value;
    if (typeof value !== "string" || value === "") return undefined;
    return nameProblem(value) === undefined ? value : this.#refuse("is no name that can be kept; not read");
  }

  #refuse(problem: string): undefined {
    this.report(`${this.path} ${problem}`);
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
