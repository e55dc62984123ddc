import type { CallEnd, MeteredCall, StreamGatherer } from "../../recording/call.ts";
import { canEstimate, estimatedAnswer, estimatedInput } from "../../recording/estimate.ts";
import { TextSize } from "../../recording/text-size.ts";
import { textSizeOf } from "./answer-text.ts";
import { type RequestOptions, type ResponseProps, type StainlessClient, WATCHED } from "./api-promise.ts";
import type { Asked } from "./asked.ts";
import type { BillableRequest } from "./endpoints.ts";
import { isUnanswered } from "./failure.ts";
import { type RawReader, watchRawResponse } from "./raw-response.ts";
import { type StreamedCall, watchStream } from "./stream.ts";
import { type Forgettable, isSettled, tellWhenForgotten } from "./unread.ts";

type Send = (options: RequestOptions) => Promise<ResponseProps>;

/** Timers fire a little early by the clock that measures them. */
const TIMER_MS = 2;

/** A billable request, from its first try until somebody has read its answer. */
export class WatchedRequest implements StreamedCall, RawReader, Forgettable {
  readonly #call: MeteredCall;
  readonly #billable: BillableRequest;
  #attempts = 1;
  /** Tries that the provider got and nobody waited for: it may bill them. */
  #unanswered = 0;
  #isUnderWay = false;
  #sentMs = 0;
  #isTaken = false;
  /** Not the response: it is to be forgotten when nobody else has it. */
  #headers: Headers | undefined;

  constructor(call: MeteredCall, billable: BillableRequest) {
    this.#call = call;
    this.#billable = billable;
  }

  /**
   * @param send makes the SDK's request, with all its tries
   * @throws what the SDK throws, and BudgetExceededError when the call may not be made
   */
  async send(send: Send, options: RequestOptions, asked: Asked): Promise<ResponseProps> {
    const admitted = this.#call.admit();
    const terms = admitted instanceof Promise ? await admitted : admitted;
    const { prepare, isOfOurs } = this.#billable;
    for (;;) {
      const body = prepare === undefined ? options.body : prepare(options.body, terms, asked.isRaw);
      // Copied after what is new in it, an object is quickly made; before it, it is not.
      const marked = { [WATCHED]: this, ...options, body };
      this.sending(marked);
      try {
        const props = await send(marked);
        this.#headers = props.response.headers;
        // Of almost all somebody awaits the answer by now, and will read it.
        if (asked.promise?.parsedPromise === undefined) tellWhenForgotten(props.response, this);
        return props;
      } catch (error) {
        // Without us it would not have been refused.
        if (isOfOurs?.(error) !== true) throw this.#refused(error);
      }
      this.#attempts += 1;
    }
  }

  /** The SDK tries, for the first time or again. */
  sending({ signal }: RequestOptions): void {
    this.#isUnderWay = signal?.aborted !== true;
    this.#sentMs = performance.now();
  }

  /** The SDK gave up on a try, and will try again. */
  retrying({ timeout }: RequestOptions, client: StainlessClient): void {
    const limitMs = timeout ?? client.timeout;
    const isTimeUp = typeof limitMs === "number" && performance.now() - this.#sentMs >= limitMs - TIMER_MS;
    if (isTimeUp) this.#unanswered += 1;
    this.#attempts += 1;
    this.#isUnderWay = false;
  }

  #refused(error: unknown): unknown {
    if (this.#isUnderWay && isUnanswered(error)) this.#unanswered += 1;
    this.failed(error);
    return error;
  }

  /** This is somebody who wants the response itself. */
  taken({ response, options }: ResponseProps): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    if (this.#isSound(options)) this.plain(undefined);
    else this.#watchRaw(response);
  }

  /** The SDK reads the answer. */
  async read(props: ResponseProps, parse: () => unknown): Promise<unknown> {
    this.#isTaken = true;
    let answer: unknown;
    try {
      answer = await parse();
    } catch (error) {
      this.#headers = props.response.headers;
      this.broken(error);
      throw error;
    }
    // The SDK may have tried again for want of a body.
    this.#headers = props.response.headers;
    this.#readBy(answer, props);
    return answer;
  }

  #readBy(answer: unknown, { options }: ResponseProps): void {
    const gatherer = this.gatherer();
    if (this.#isSound(options)) this.plain(undefined);
    else if (gatherer !== undefined && options.__binaryResponse === true) this.#watchRaw(answer as Response);
    else if (gatherer !== undefined && watchStream(answer, this, gatherer))
      tellWhenForgotten(answer as object, this);
    else this.plain(answer);
  }

  #watchRaw(response: Response): void {
    watchRawResponse(response, this);
    tellWhenForgotten(response, this);
  }

  /** Its bytes tell nothing. */
  #isSound({ __binaryResponse }: RequestOptions): boolean {
    return __binaryResponse === true && this.#billable.gatherer === undefined;
  }

  gatherer(): StreamGatherer | undefined {
    return this.#billable.gatherer?.();
  }

  firstToken(): void {
    this.#call.firstToken();
  }

  plain(answer: unknown): void {
    const { read, start } = this.#billable;
    if (this.#isKept(answer)) return;
    const counted = read?.(answer);
    if (counted !== undefined) this.#settle(counted.answer, counted.end);
    else if (!canEstimate(start) || tellsUsage(answer)) this.#settle(answer);
    else this.#settle(this.#estimated(answer), { isEstimated: true });
  }

  streamed(gatherer: StreamGatherer, endedEarly: boolean): void {
    this.succeeded(gatherer.answer(), { ...gatherer.end?.(), endedEarly });
  }

  /** It was answered and is billed, but the answer did not come through. */
  broken(error: unknown, gatherer?: StreamGatherer): void {
    if (gatherer === undefined) this.failed(error, { answer: this.#estimated(undefined), isEstimated: true });
    else this.failed(error, { answer: gatherer.answer(), ...gatherer.end?.() });
  }

  forgotten(): void {
    const gatherer = this.gatherer();
    if (gatherer === undefined)
      this.#settle(this.#estimated(undefined), { isEstimated: true, endedEarly: true });
    else this.streamed(gatherer, true);
  }

  succeeded(answer: unknown, end?: CallEnd): void {
    if (!this.#isKept(answer)) this.#settle(answer, end);
  }

  #settle(answer: unknown, end?: CallEnd): void {
    isSettled(this);
    this.#call.succeeded(answer, this.#end(answer, end));
  }

  failed(error: unknown, end?: CallEnd): void {
    if (this.#isKept(end?.answer)) return;
    isSettled(this);
    this.#call.failed(error, this.#end(end?.answer, end));
  }

  #isKept(answer: unknown): boolean {
    if (this.#billable.keep?.(answer, this.#call) !== true) return false;
    isSettled(this);
    return true;
  }

  #estimated(answer: unknown): unknown {
    const { start } = this.#billable;
    if (!canEstimate(start)) return answer;
    if (!isObject(answer)) return estimatedAnswer(start, {}, new TextSize());
    const { id, model, service_tier } = answer;
    return estimatedAnswer(start, { id, model, service_tier }, textSizeOf(answer));
  }

  #end(answer: unknown, end: CallEnd | undefined): CallEnd {
    const lost = this.#unanswered;
    return {
      attempts: this.#attempts,
      requestId: idOf(answer, this.#headers),
      unansweredInput: lost === 0 ? 0 : lost * estimatedInput(this.#billable.start),
      ...end,
    };
  }
}

/** Also Groq's older streams, which have it elsewhere, and what failed. */
function tellsUsage(answer: unknown): boolean {
  return isObject(answer) && (isObject(answer.usage) || isObject(answer.x_groq) || isObject(answer.error));
}

/** Of answers without an id of their own. */
function idOf(answer: unknown, headers: Headers | undefined): string | undefined {
  if (headers === undefined || (isObject(answer) && typeof answer.id === "string")) return undefined;
  return headers.get("x-request-id") ?? headers.get("request-id") ?? undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
