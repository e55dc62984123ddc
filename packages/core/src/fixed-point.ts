/** Digits after the point that every exact amount has room for. */
export const FIXED_POINT_PLACES = 18;

/**
 * An exact decimal number as a whole count of 10⁻¹⁸: `1_500_000_000_000_000_000n` is 1.5. It adds, subtracts and compares
 * as integers do, and takes no library, for code that runs inside of other people's applications.
 */
export type FixedPoint = bigint;

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * @param text plain decimal notation, `"0.0025"`, as the API and `Money` write it
 * @returns undefined for any other notation, and for digits that would be lost
 */
export function parseFixedPoint(text: string): FixedPoint | undefined {
  const [, sign = "", whole, fraction = "", exponent] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || exponent !== undefined) return undefined;
  if (/[^0]/.test(fraction.slice(FIXED_POINT_PLACES))) return undefined;
  return BigInt(sign + whole + fraction.slice(0, FIXED_POINT_PLACES).padEnd(FIXED_POINT_PLACES, "0"));
}

/**
 * The nearest number that can be kept, half to even.
 *
 * @param text also with an exponent, as JavaScript prints small numbers: `"1e-7"`
 * @returns undefined when it is no decimal number
 */
export function nearestFixedPoint(text: string): FixedPoint | undefined {
  const [, sign = "", whole, fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(sign + whole + fraction);
  const places = FIXED_POINT_PLACES - fraction.length + Number(exponent);
  return places >= 0 ? digits * 10n ** BigInt(places) : divideHalfEven(digits, 10n ** BigInt(-places));
}

/** @param divisor above zero */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const size = twice < 0n ? -twice : twice;
  const up = size > divisor || (size === divisor && quotient % 2n !== 0n);
  return up ? quotient + (dividend < 0n ? -1n : 1n) : quotient;
}

/** Every digit, plain notation, no trailing zeros: `"0.0000000125"`. */
export function fixedPointText(amount: FixedPoint): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(FIXED_POINT_PLACES + 1, "0");
  const point = digits.length - FIXED_POINT_PLACES;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const fraction = end > point ? `.${digits.slice(point, end)}` : "";
  return `${negative ? "-" : ""}${digits.slice(0, point)}${fraction}`;
}

const ZERO = "0".charCodeAt(0);
