import type { UsageContext } from "../context/usage-context.ts";

/** Where requests are decided on before they are worked on. */
export interface RequestBudget {
  /**
   * @param context what metrics of the request's calls would say: user ids are hashed where the tracker hashes them
   * @throws when nobody could decide (or a promise that rejects): the request goes on, and the tracker is told
   */
  admit(context: UsageContext): RequestAdmission | Promise<RequestAdmission>;
}

export type RequestAdmission = { readonly allowed: true } | RequestRefusal;

export interface RequestRefusal {
  readonly allowed: false;
  /** 402: money is short · 429: tokens or calls are. */
  readonly status: 402 | 429;
  /** A sentence for who made the request. @default that the budget is used up, without figures */
  readonly detail?: string;
  /** Before that the answer will be the same. */
  readonly retryAfterSeconds?: number;
}

/** The answer to a request that is refused. */
export interface RefusalResponse {
  readonly status: 402 | 429;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON of a problem document of RFC 9457. */
  readonly body: string;
}

const DETAIL = "the budget that this request would be paid from is used up";

export function refusalResponse({
  status,
  detail = DETAIL,
  retryAfterSeconds,
}: RequestRefusal): RefusalResponse {
  const seconds = retryAfterSeconds === undefined ? undefined : Math.max(1, Math.ceil(retryAfterSeconds));
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(seconds !== undefined && { "retry-after": String(seconds) }),
    },
    body: JSON.stringify({
      type: "urn:ai-usage:problem:budget-exhausted",
      title: "Budget exhausted",
      status,
      detail,
      retry_after_seconds: seconds,
    }),
  };
}
