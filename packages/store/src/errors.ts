/** An item of the table is not what its key says it is. Names the attribute. */
export class InvalidItemError extends Error {
  override readonly name = "InvalidItemError";
  readonly attribute: string;

  constructor(attribute: string, problem: string) {
    super(`${attribute} ${problem}`);
    this.attribute = attribute;
  }
}

/** DynamoDB kept some writes of a batch unprocessed, several times over: the table is throttled. Safe to try again. */
export class ThrottledError extends Error {
  override readonly name = "ThrottledError";
}

/** A cursor that none of our answers gave. */
export class InvalidCursorError extends Error {
  override readonly name = "InvalidCursorError";
}

/** A scope has more active budgets than its item can hold. Says what to do. */
export class ScopeFullError extends Error {
  override readonly name = "ScopeFullError";
}
