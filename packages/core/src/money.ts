import { Decimal } from "decimal.js";
import { FIXED_POINT_PLACES, fixedPointText } from "./fixed-point.ts";

/** Digits after the point that an amount may carry: a cache read at $0.01 per million tokens is 10⁻⁸ a token, multipliers add a few. */
export const MONEY_SCALE = FIXED_POINT_PLACES;

/** Digits before the point. With {@link MONEY_SCALE} they stay inside DynamoDB's 38 significant digits. */
const MONEY_INTEGER_DIGITS = 19;

const Exact = Decimal.clone({
  precision: 60,
  rounding: Decimal.ROUND_HALF_EVEN,
  toExpNeg: -MONEY_SCALE - 1,
  toExpPos: 60,
});

const SMALLEST_UNIT = new Exact(10).pow(-MONEY_SCALE);

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/** Thrown by {@link Money.parse}: the text is no amount that we can keep without losing a digit. */
export class InvalidMoneyError extends Error {
  override readonly name = "InvalidMoneyError";
}

/**
 * An exact amount of US dollars. Never made from a binary float: it comes from text, or from other amounts.
 * Arithmetic is exact; {@link Money.times} and {@link Money.dividedBy} round once, half to even, to 18 places.
 */
export class Money {
  static readonly zero = new Money(new Exact(0));

  /** Of an amount that was made from whole units and never calculated with, only the units are known. */
  #decimal: Decimal | undefined;
  readonly #units: bigint;

  private constructor(decimal: Decimal | undefined, units = 0n) {
    this.#decimal = decimal;
    this.#units = units;
  }

  get #value(): Decimal {
    this.#decimal ??= new Exact(fixedPointText(this.#units));
    return this.#decimal;
  }

  /**
   * @param text plain decimal notation, `"0.000000075"`; no exponent, no sign but `-`
   * @throws InvalidMoneyError on any other notation, and on digits that would be lost
   */
  static parse(text: string): Money {
    if (!PLAIN_DECIMAL.test(text) || text.length > 64) {
      throw new InvalidMoneyError("must be a plain decimal number, for example 0.0025");
    }
    const value = new Exact(text);
    if (value.decimalPlaces() > MONEY_SCALE) {
      throw new InvalidMoneyError(`must have at most ${MONEY_SCALE} digits after the point`);
    }
    if (value.e >= MONEY_INTEGER_DIGITS) {
      throw new InvalidMoneyError(`must have at most ${MONEY_INTEGER_DIGITS} digits before the point`);
    }
    return value.isZero() ? Money.zero : new Money(value);
  }

  /** @param amount in units of 10⁻¹⁸ dollars */
  static ofSmallestUnits(amount: bigint): Money {
    return amount === 0n ? Money.zero : new Money(undefined, amount);
  }

  static sum(amounts: Iterable<Money>): Money {
    let total: Decimal = Money.zero.#value;
    for (const amount of amounts) total = total.plus(amount.#value);
    return new Money(total);
  }

  plus(other: Money): Money {
    return new Money(this.#value.plus(other.#value));
  }

  minus(other: Money): Money {
    return new Money(this.#value.minus(other.#value));
  }

  negated(): Money {
    return new Money(this.#value.negated());
  }

  /** @param factor an integer, or a plain decimal as text (`"0.5"`) */
  times(factor: bigint | string): Money {
    return new Money(this.#value.times(factor.toString()).toDecimalPlaces(MONEY_SCALE));
  }

  /** @param divisor an integer, or a plain decimal as text; not zero */
  dividedBy(divisor: bigint | string): Money {
    return new Money(this.#value.dividedBy(divisor.toString()).toDecimalPlaces(MONEY_SCALE));
  }

  /** How many percent of `whole` this is, as text with at most two places, rounded down: 99.999 % is not yet 100 %. */
  percentOf(whole: Money): string {
    if (whole.isZero()) return "0";
    return this.#value.times(100).dividedBy(whole.#value).toDecimalPlaces(2, Decimal.ROUND_DOWN).toFixed();
  }

  isZero(): boolean {
    return this.#value.isZero();
  }

  isNegative(): boolean {
    return this.#value.isNegative() && !this.#value.isZero();
  }

  /** Negative, zero or positive as this amount is less than, equal to or more than `other`. */
  compare(other: Money): number {
    return this.#value.comparedTo(other.#value);
  }

  atLeast(other: Money): boolean {
    return this.compare(other) >= 0;
  }

  equals(other: Money): boolean {
    return this.compare(other) === 0;
  }

  /** In units of 10⁻¹⁸ dollars. */
  toSmallestUnits(): bigint {
    if (this.#decimal === undefined) return this.#units;
    return BigInt(this.#value.dividedBy(SMALLEST_UNIT).toFixed());
  }

  /** Every digit, plain notation, no trailing zeros: `"0.0000000125"`. */
  toString(): string {
    if (this.#decimal === undefined) return fixedPointText(this.#units);
    return this.#decimal.isZero() ? "0" : this.#decimal.toFixed();
  }

  toJSON(): string {
    return this.toString();
  }

  /** For display only: `$1,234.50`, with more places for amounts under a cent. */
  format(): string {
    const size = this.#value.abs();
    const places = size.isZero() || size.gte("0.01") ? 2 : Math.min(MONEY_SCALE, 1 - size.e);
    const [whole = "0", fraction] = size.toFixed(places).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return `${this.isNegative() ? "-" : ""}$${fraction === undefined ? grouped : `${grouped}.${fraction}`}`;
  }

  /** The nearest JSON number, for the one answer whose shape demands it; always beside the exact text. */
  toApproximateNumber(): number {
    return this.#value.toNumber();
  }
}
