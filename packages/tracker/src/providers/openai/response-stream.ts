import type { CallEnd, CallStart, StreamGatherer } from "../../recording/call.ts";
import { estimatedAnswer } from "../../recording/estimate.ts";
import { TextSize } from "../../recording/text-size.ts";

interface ResponseEvent {
  readonly type?: string;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly delta?: unknown;
  readonly code?: unknown;
}

/** https://developers.openai.com/api/docs/api-reference/responses-streaming */
const FINAL = new Set(["response.completed", "response.incomplete", "response.failed", "response.cancelled"]);

/** The events of a response. The final one tells its usage. */
export class ResponseStream implements StreamGatherer {
  readonly #start: CallStart;
  readonly #written = new TextSize();
  #begun: Readonly<Record<string, unknown>> = {};
  #final: ResponseEvent | undefined;
  #errorCode: unknown;

  constructor(start: CallStart) {
    this.#start = start;
  }

  get hasBegun(): boolean {
    return this.#written.pieces > 0;
  }

  see(part: unknown): boolean {
    const event = part as ResponseEvent | null;
    if (typeof event !== "object" || event === null) return true;
    const { type, response } = event;
    if (typeof event.delta === "string") this.#written.add(event.delta);
    else if (type !== undefined && FINAL.has(type)) this.#final = event;
    else if (type === "error") this.#errorCode = event.code ?? "error";
    else if (response !== undefined) this.#begun = priced(response);
    return true;
  }

  answer(): unknown {
    const response = this.#final?.response;
    if (response !== undefined && (response.usage || response.error)) return response;
    const failed =
      this.#errorCode === undefined ? {} : { status: "failed", error: { code: this.#errorCode } };
    const known = response === undefined ? this.#begun : priced(response);
    return estimatedAnswer(this.#start, { ...known, ...failed }, this.#written);
  }

  end(): CallEnd {
    const response = this.#final?.response;
    return response?.usage || response?.error ? {} : { isEstimated: true };
  }
}

function priced(response: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { id, model, service_tier, background, status, created_at } = response;
  return { id, model, service_tier, background, status, created_at };
}
