import type { CallTerms, MeteredCall, Recorder } from "../../recording/call.ts";
import { watchGenerator } from "../watch-parts.ts";
import { Batches } from "./batches.ts";
import { type Billing, bareModel, type Parameters } from "./client.ts";
import { BILLABLE, type BillableMethod } from "./methods.ts";
import { Videos } from "./videos.ts";

type Send = (parameters: Parameters) => Promise<unknown>;

/** The calls of one client. */
export class GoogleCalls {
  readonly #billing: Billing;
  readonly #recorder: Recorder;
  readonly #videos: Videos;
  readonly #batches: Batches;

  constructor(billing: Billing, recorder: Recorder) {
    this.#billing = billing;
    this.#recorder = recorder;
    this.#videos = new Videos(billing, recorder);
    this.#batches = new Batches(billing, recorder);
  }

  /** @param name of the method, as applications call it */
  async make(name: string, parameters: Parameters, send: Send): Promise<unknown> {
    const billable = BILLABLE.get(name);
    if (billable === undefined) return this.#videos.begun(parameters, () => send(parameters));
    const call = this.#begin(billable, parameters);
    const terms = call.admit();
    const sent = adapted(parameters, terms instanceof Promise ? await terms : terms);
    let answer: unknown;
    try {
      answer = await send(sent);
    } catch (error) {
      call.failed(error);
      throw error;
    }
    settle(call, answer, billable);
    return answer;
  }

  /** Somebody was told how it stands. */
  asked(what: "video" | "batch", answer: unknown): void {
    if (what === "video") this.#videos.asked(answer);
    else this.#batches.asked(answer);
  }

  #begin({ operation, format }: BillableMethod, parameters: Parameters): MeteredCall {
    const model = bareModel(parameters.model);
    return this.#recorder.begin({
      ...this.#billing,
      operation,
      request: model === parameters.model ? parameters : { ...parameters, model },
      ...(format !== undefined && { format }),
      ...(model !== undefined && { model }),
    });
  }
}

function settle(call: MeteredCall, answer: unknown, { gatherer, read }: BillableMethod): void {
  if (gatherer !== undefined && watchGenerator(answer, call, gatherer())) return;
  call.succeeded(answer, read?.(answer));
}

function adapted(parameters: Parameters, { model, outputTokensMax }: CallTerms): Parameters {
  if (model === undefined && outputTokensMax === undefined) return parameters;
  return {
    ...parameters,
    ...(model !== undefined && { model }),
    ...(outputTokensMax !== undefined && {
      config: { ...parameters.config, maxOutputTokens: outputTokensMax },
    }),
  };
}
