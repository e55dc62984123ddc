import { type FixedPoint, nearestFixedPoint } from "../fixed-point.ts";
import { nameProblem } from "../scope.ts";
import { COUNT_MAX, isCount, isMembers, isUsualName } from "./members.ts";
import { UnitCounts } from "./unit-counts.ts";
import { isCountName, isPlainName, unknownUnit } from "./unknown-unit.ts";

/** What a metric takes; more would be a wall of text about one broken answer. */
const PROBLEMS_MAX = 10;
const PROBLEM_LENGTH_MAX = 200;
const ITEMS_MAX = 10_000;
/** How deep counts that nobody knows are looked for. It also ends the search in an object that contains itself. */
const DEPTH_MAX = 4;

const WORD = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/;
const DECIMAL_TEXT = /^-?\d{1,20}(\.\d{1,20})?$/;

/**
 * A value in a provider's answer that knows where it stands. Reading never throws, whatever the value is: what cannot be
 * read counts as not reported, and the problems say so. They name places and numbers, never a text of the answer.
 *
 * A member that was asked for is known; {@link Answer.unknownCounts} finds the counts that were not. It is read on the way
 * of every call, so what is only needed where something is wrong is made there: paths, and members of plain values.
 */
export class Answer {
  /** What is wrong, of all values of the same answer. */
  readonly problems: string[];
  /** As it came: to be looked at, not to be kept. */
  readonly value: unknown;
  readonly #object: Readonly<Record<string, unknown>> | undefined;
  /** Name of the member, or place in the list; the path where nothing holds it. */
  readonly #step: string | number;
  readonly #holder: Answer | undefined;
  /** Members that are there and were asked for; of those that were only read as plain values there is no more than the name. */
  #known: Map<string, Answer | undefined> | undefined;
  #isDuplicate = false;

  constructor(value: unknown, step: string | number = "", problems: string[] = [], holder?: Answer) {
    this.value = value;
    this.#object = isMembers(value) ? value : undefined;
    this.#step = step;
    this.problems = problems;
    this.#holder = holder;
  }

  get path(): string {
    const step = this.#step;
    if (this.#holder === undefined) return String(step);
    const above = this.#holder.path;
    if (typeof step === "number") return `${above}[${step}]`;
    const name = isPlainName(step) ? step : "(unnamed)";
    return above === "" ? name : `${above}.${name}`;
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
    return this.#object !== undefined;
  }

  /** The member of that name, of no value where there is none. */
  at(name: string): Answer {
    const known = this.#known?.get(name);
    if (known !== undefined) return known;
    const value = this.#read(name);
    const member = new Answer(value, name, this.problems, this);
    if (value !== undefined) this.#known?.set(name, member);
    return member;
  }

  /** The value of a member, which is known from now on. */
  #read(name: string): unknown {
    const object = this.#object;
    if (object === undefined || !Object.hasOwn(object, name)) return undefined;
    this.#known ??= new Map();
    if (!this.#known.has(name)) this.#known.set(name, undefined);
    return object[name];
  }

  /** The first of several members that is there, since providers call one thing by different names. Others say it again. */
  either(...names: readonly string[]): Answer {
    let chosen: Answer | undefined;
    for (const name of names) {
      const member = this.at(name);
      member.#isDuplicate = chosen !== undefined;
      if (chosen === undefined && member.isPresent()) chosen = member;
    }
    return chosen ?? this.at(names[0] ?? "");
  }

  /** The members of those names are sums or parts of others, or cost nothing. */
  knows(...names: readonly string[]): this {
    for (const name of names) this.#read(name);
    return this;
  }

  /** The items of a list; none where it is no list. */
  items(): Answer[] {
    if (!Array.isArray(this.value)) return [];
    const list: readonly unknown[] = this.value;
    const items: Answer[] = [];
    const length = Math.min(list.length, ITEMS_MAX);
    for (let index = 0; index < length; index += 1)
      items.push(new Answer(list[index], index, this.problems, this));
    return items;
  }

  isList(): boolean {
    return Array.isArray(this.value);
  }

  /** A count: of several names the first that is not zero, then the first that is there. Absent is not zero. */
  count(...names: readonly string[]): number | undefined {
    let found: number | undefined;
    for (const name of names) {
      const count = this.#countAt(name);
      if (count !== undefined && (found === undefined || (found === 0 && count > 0))) found = count;
    }
    return found;
  }

  #countAt(name: string): number | undefined {
    const value = this.#read(name);
    if (value === undefined || value === null) return undefined;
    return isCount(value) ? value : this.at(name).#asCount();
  }

  /** A quantity that need not be whole, like the length of a recording; rounded to the nearest whole. */
  quantity(name: string): number | undefined {
    const number = this.at(name).#asNumber();
    return number === undefined ? undefined : Math.round(number);
  }

  /** An id or the name of a model. */
  name(...names: readonly string[]): string | undefined {
    let found: string | undefined;
    for (const name of names) {
      const value = this.#nameAt(name);
      found ??= value;
    }
    return found;
  }

  #nameAt(name: string): string | undefined {
    const value = this.#read(name);
    if (typeof value !== "string" || value === "") return undefined;
    if (isUsualName(value) || nameProblem(value) === undefined) return value;
    return this.at(name).#refuse("is no name that can be kept; not read");
  }

  /** A word of the provider's own vocabulary: a tier, a region, a class of error. Other text is not read. */
  word(...names: readonly string[]): string | undefined {
    let found: string | undefined;
    for (const name of names) {
      const value = wordIn(this.#read(name));
      found ??= value;
    }
    return found;
  }

  asWord(): string | undefined {
    return wordIn(this.value);
  }

  /** How many characters a text has. */
  lengthOf(name: string): number | undefined {
    const value = this.#read(name);
    return typeof value === "string" ? Array.from(value).length : undefined;
  }

  isTrue(name: string): boolean {
    return this.#read(name) === true;
  }

  /** An amount of US dollars, as text or as a JSON number, taken as it is written; rounded half to even. */
  amount(name: string): FixedPoint | undefined {
    const member = this.at(name);
    const number = member.#asNumber(Number.MAX_SAFE_INTEGER);
    if (number === undefined) return undefined;
    return number === 0 ? 0n : nearestFixedPoint(String(member.value));
  }

  /** Counts in this object and its objects that were not asked for, where they are not zero. */
  unknownCounts(): UnitCounts {
    const counts = new UnitCounts();
    this.#collectUnknown([], counts);
    return counts;
  }

  /** @param place names of the members that lead here */
  #collectUnknown(place: readonly string[], counts: UnitCounts): void {
    const object = this.#object;
    if (object === undefined || place.length > DEPTH_MAX) return;
    for (const name of Object.keys(object)) {
      const known = this.#known?.get(name);
      if (known === undefined ? false : known.#isDuplicate) continue;
      const value = object[name];
      if (isMembers(value)) {
        const member = known ?? new Answer(value, name, this.problems, this);
        member.#collectUnknown([...place, name], counts);
      } else if (!this.#known?.has(name) && isCountName(name) && isNumeric(value)) {
        const number = new Answer(value, name, this.problems, this).#asNumber() ?? 0;
        if (number > 0) counts.add(unknownUnit([...place, name]), Math.ceil(number));
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
    const number = isNumeric(this.value) ? Number(this.value) : Number.NaN;
    if (!Number.isFinite(number)) return this.#refuse("is no number; not read");
    if (number > max) return this.#refuse("is too large to be true; not read");
    if (number >= 0) return number;
    this.report(`${this.path} is ${number}, less than nothing; read as 0`);
    return 0;
  }

  #refuse(problem: string): undefined {
    this.report(`${this.path} ${problem}`);
    return undefined;
  }
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    (typeof value === "string" && DECIMAL_TEXT.test(value))
  );
}

function wordIn(value: unknown): string | undefined {
  return typeof value === "string" && WORD.test(value) ? value : undefined;
}
