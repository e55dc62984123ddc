const PLAIN = /^(\d{1,30})(?:\.(\d{1,30}))?$/;

/** Adds decimal numbers that are written as text, to the last digit. */
export class ExactSum {
  #scaled = 0n;
  #decimals = 0;

  /** @returns whether it is a plain decimal number of 0 or more: nothing is added if not */
  add(text: string): boolean {
    const [, whole = "", fraction = ""] = PLAIN.exec(text) ?? [];
    if (whole === "") return false;
    const decimals = Math.max(this.#decimals, fraction.length);
    const scaled = BigInt(whole + fraction.padEnd(decimals, "0"));
    this.#scaled = this.#scaled * 10n ** BigInt(decimals - this.#decimals) + scaled;
    this.#decimals = decimals;
    return true;
  }

  toString(): string {
    if (this.#decimals === 0) return String(this.#scaled);
    const digits = String(this.#scaled).padStart(this.#decimals + 1, "0");
    const fraction = digits.slice(-this.#decimals).replace(/0+$/, "");
    const whole = digits.slice(0, -this.#decimals);
    return fraction === "" ? whole : `${whole}.${fraction}`;
  }
}
