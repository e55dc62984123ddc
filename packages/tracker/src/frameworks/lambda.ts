import type { FlushOptions } from "../delivery/delivery.ts";
import type { Tracker } from "../tracker.ts";
import { isHttpEvent, isHttpResult, routeOfEvent } from "./lambda-event.ts";
import { type RequestRefusal, refusalResponse } from "./request-budget.ts";
import { type CostTrackingOptions, TrackedRequest } from "./tracked-request.ts";

export type { RequestAdmission, RequestBudget, RequestRefusal } from "./request-budget.ts";
export type { CostOf } from "./request-usage.ts";

/** What the runtime tells of an invocation, as far as it is looked at. */
export interface LambdaContext {
  readonly functionName?: string;
  getRemainingTimeInMillis?(): number;
}

export interface UsageOptions<Event> extends CostTrackingOptions<Event> {
  /**
   * Metrics are sent before the function answers, since after that it may stand still for as long as nobody calls. It waits for that
   * at most `timeoutMs` (2000), and always leaves the function time to answer; what has not arrived by then is in `/tmp` and is
   * sent when the function runs next. `false`: where the extension sends them.
   */
  readonly flush?: FlushOptions | false;
}

/** An invocation that is no HTTP request was refused: who sent the event finds out by this error, and may try again later. */
export class UsageRefusedError extends Error {
  override readonly name = "UsageRefusedError";
  readonly refusal: RequestRefusal;

  constructor(refusal: RequestRefusal) {
    super(refusal.detail ?? "the budget that this invocation would be paid from is used up");
    this.refusal = refusal;
  }
}

/**
 * A Lambda function's handler whose calls are attributed to the invocation: the default feature is the route of an API Gateway event
 * (HTTP or REST), or else the function's name. The headers of an HTTP result tell what its calls came to. Handlers answer with a
 * promise; one that streams its response is passed in as it is made, `awslambda.streamifyResponse(…)` around or inside.
 */
export function withUsage<Handler extends (...parameters: never[]) => unknown>(
  tracker: Tracker,
  handler: Handler,
  options: UsageOptions<Parameters<Handler>[0]> = {},
): Handler {
  if (!tracker.isEnabled) return handler;
  const watched = async (...parameters: Parameters<Handler>): Promise<unknown> => {
    const event: unknown = parameters[0];
    const context = parameters.at(-1) as LambdaContext | undefined;
    const tracked = new TrackedRequest(
      tracker,
      options,
      event as never,
      routeOfEvent(event) ?? context?.functionName,
    );
    const refusal = tracked.hasBudget ? await tracked.refusal() : undefined;
    if (refusal !== undefined) return refused(event, refusal);
    try {
      const result: unknown = await tracked.run(() => handler(...parameters));
      return withHeaders(result, tracked.headers);
    } finally {
      await flushed(tracker, options.flush, context);
    }
  };
  // The runtime knows by these that a response is streamed.
  for (const mark of Object.getOwnPropertySymbols(handler))
    Object.assign(watched, { [mark]: handler[mark as keyof Handler] });
  return watched as unknown as Handler;
}

const FLUSH_MS = 2_000;
/** So much is left for the answer. */
const ANSWER_MS = 200;

async function flushed(
  tracker: Tracker,
  flush: FlushOptions | false = {},
  context: LambdaContext | undefined,
): Promise<void> {
  if (flush === false) return;
  const leftMs = (context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) - ANSWER_MS;
  const timeoutMs = Math.min(flush.timeoutMs ?? FLUSH_MS, leftMs);
  if (timeoutMs > 0) await tracker.flush({ timeoutMs }).catch(() => undefined);
}

function refused(event: unknown, refusal: RequestRefusal): unknown {
  if (!isHttpEvent(event)) throw new UsageRefusedError(refusal);
  const { status: statusCode, headers, body } = refusalResponse(refusal);
  return { statusCode, headers, body };
}

function withHeaders(result: unknown, headers: Readonly<Record<string, string>>): unknown {
  return isHttpResult(result) && Object.keys(headers).length > 0
    ? { ...result, headers: { ...result.headers, ...headers } }
    : result;
}
