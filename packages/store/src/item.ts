import { type Instant, Money, parseUtcDate, type UtcDate } from "@ai-usage/core";
import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { InvalidItemError } from "./errors.ts";
import type { Key } from "./keys.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An item as the document client gives it. */
export type Item = Record<string, unknown>;

export const moneyAttribute = (amount: Money): NumberValue => NumberValue.from(amount.toString());

/** Reads the attributes of an item and names the one that is not what it must be. */
export class ItemReader {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  has(name: string): boolean {
    return this.#item[name] !== undefined;
  }

  isNull(name: string): boolean {
    return this.#item[name] === null;
  }

  text(name: string): string {
    const value = this.#item[name];
    if (typeof value !== "string") throw new InvalidItemError(name, "is not a string");
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  /** An integer that a JavaScript number holds exactly. */
  integer(name: string): number {
    const value = this.#number(name);
    const integer = Number(value);
    if (!Number.isSafeInteger(integer)) throw new InvalidItemError(name, "is not an integer");
    return integer;
  }

  optionalInteger(name: string): number | undefined {
    return this.has(name) ? this.integer(name) : undefined;
  }

  /** A number from 0 to 1. */
  score(name: string): number {
    const score = Number(this.#number(name));
    if (!(score >= 0 && score <= 1)) throw new InvalidItemError(name, "is not from 0 to 1");
    return score;
  }

  optionalScore(name: string): number | undefined {
    return this.has(name) ? this.score(name) : undefined;
  }

  flag(name: string): boolean {
    const value = this.#item[name];
    if (typeof value !== "boolean") throw new InvalidItemError(name, "is not a boolean");
    return value;
  }

  money(name: string): Money {
    return this.#asMoney(name, this.#number(name));
  }

  moneyTexts(name: string): Money[] {
    return this.texts(name).map((text) => this.#asMoney(name, text));
  }

  optionalMoney(name: string): Money | undefined {
    return this.has(name) ? this.money(name) : undefined;
  }

  instant(name: string): Instant {
    const text = this.text(name);
    if (!INSTANT.test(text) || Number.isNaN(Date.parse(text)))
      throw new InvalidItemError(name, "is not an instant");
    return text as Instant;
  }

  optionalInstant(name: string): Instant | undefined {
    return this.has(name) ? this.instant(name) : undefined;
  }

  date(name: string): UtcDate {
    try {
      return parseUtcDate(this.text(name));
    } catch (cause) {
      if (cause instanceof RangeError) throw new InvalidItemError(name, "is not a date");
      throw cause;
    }
  }

  list(name: string): unknown[] {
    const value = this.#item[name];
    if (!Array.isArray(value)) throw new InvalidItemError(name, "is not a list");
    return value;
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => {
      if (typeof value !== "string") throw new InvalidItemError(name, "is not a list of strings");
      return value;
    });
  }

  map(name: string): ItemReader {
    return new ItemReader(this.plainMap(name));
  }

  maps(name: string): ItemReader[] {
    return this.list(name).map((value) => {
      if (!isPlainMap(value)) throw new InvalidItemError(name, "is not a list of maps");
      return new ItemReader(value);
    });
  }

  /** This item, when all that it holds is text. */
  textMap(): Record<string, string> {
    return Object.fromEntries(this.names().map((name) => [name, this.text(name)]));
  }

  plainMap(name: string): Item {
    const value = this.#item[name];
    if (!isPlainMap(value)) throw new InvalidItemError(name, "is not a map");
    return value;
  }

  /** One of the words in `allowed`. */
  word<Word extends string>(name: string, allowed: readonly Word[]): Word {
    const text = this.text(name);
    const word = allowed.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidItemError(name, `is none of ${allowed.join(", ")}`);
    return word;
  }

  key(): Key {
    return { PK: this.text("PK"), SK: this.text("SK") };
  }

  names(): string[] {
    return Object.keys(this.#item);
  }

  #asMoney(name: string, text: string): Money {
    try {
      return Money.parse(plainDecimal(text));
    } catch (cause) {
      throw new InvalidItemError(name, `is not an amount: ${cause instanceof Error ? cause.message : cause}`);
    }
  }

  #number(name: string): string {
    const value = this.#item[name];
    if (!(value instanceof NumberValue)) throw new InvalidItemError(name, "is not a number");
    return value.toString();
  }
}

/** What `read` makes of each item, those left out that are not what they must be: they must not hold up the others. */
export function readableOf<T>(items: readonly Item[], read: (item: Item) => T): T[] {
  return items.flatMap((item) => {
    try {
      return [read(item)];
    } catch (error) {
      if (error instanceof InvalidItemError) return [];
      throw error;
    }
  });
}

function isPlainMap(value: unknown): value is Item {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberValue)
  );
}

/** DynamoDB engines write small and large numbers with an exponent: `7.5E-8`. */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > 128) throw new RangeError("out of range");
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
