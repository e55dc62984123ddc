import type { RequestOptions, ResponseProps } from "./api-promise.ts";

/** What is told when somebody takes the response itself. */
export interface ResponseTaker {
  readonly isTaken: boolean;
  headers: Headers | undefined;
  taken(response: Response, options: RequestOptions): void;
}

const RESPONSE = Symbol("ai-usage.response");
const TAKER = Symbol("ai-usage.taker");

interface AnsweredProps extends ResponseProps {
  [RESPONSE]: Response;
  readonly [TAKER]: ResponseTaker;
}

/** Shared by all answers, and added to an object before anything else, so that these objects are all of one shape to the engine. */
const TOLD: PropertyDescriptor & ThisType<AnsweredProps> = {
  get() {
    if (!this[TAKER].isTaken) this[TAKER].taken(this[RESPONSE], this.options);
    return this[RESPONSE];
  },
  // The SDK tries again for want of a body.
  set(other: Response) {
    this[RESPONSE] = other;
    this[TAKER].headers = other.headers;
  },
  enumerable: true,
  configurable: true,
};

/** The same as an SDK hands on of an answer, but that it tells when its response is taken. */
export function answeredProps(props: ResponseProps, taker: ResponseTaker): ResponseProps {
  const answered = Object.defineProperty({}, "response", TOLD) as AnsweredProps;
  Object.assign(answered, { [RESPONSE]: props.response, [TAKER]: taker });
  const members = answered as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(props)) if (name !== "response") members[name] = value;
  return answered;
}
