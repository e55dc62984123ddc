import { withUsageContext } from "../../context/usage-context.ts";
import type { Recorder } from "../../recording/call.ts";
import { type Billing, bareModel } from "./client.ts";
import { GEMINI_CONTENT, GEMINI_EMBEDDINGS } from "./formats.ts";

interface BatchJob {
  readonly name?: string;
  readonly state?: string;
  readonly model?: string;
  readonly endTime?: string;
  readonly updateTime?: string;
  readonly dest?: {
    readonly inlinedResponses?: readonly Item[];
    readonly inlinedEmbedContentResponses?: readonly Item[];
  };
}

interface Item {
  readonly response?: { readonly responseId?: string; readonly tokenCount?: string | number };
  readonly error?: object;
}

const JOBS_KNOWN_MAX = 10_000;
const FINISHED = ["JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED"];

/**
 * Answers of a batch that its job holds are recorded when it is asked for and finished, once for each process; their ids see to
 * it that they count once in all. What a batch writes into a file is not seen here.
 *
 * https://ai.google.dev/gemini-api/docs/batch-api
 */
export class Batches {
  readonly #billing: Billing;
  readonly #recorder: Recorder;
  readonly #known = new Set<string>();

  constructor(billing: Billing, recorder: Recorder) {
    this.#billing = billing;
    this.#recorder = recorder;
  }

  /** @param answer how a job stands */
  asked(answer: unknown): void {
    const job = answer as BatchJob;
    const { name, state } = job;
    if (name === undefined || !FINISHED.includes(state ?? "") || this.#known.has(name)) return;
    if (this.#known.size >= JOBS_KNOWN_MAX) this.#known.clear();
    this.#known.add(name);
    record({ ...job, name }, this.#billing, this.#recorder);
  }
}

function record(
  { name, model, dest, endTime, updateTime }: BatchJob & { readonly name: string },
  billing: Billing,
  recorder: Recorder,
): void {
  const startedAt = Date.parse(endTime ?? updateTime ?? "");
  const start = {
    ...billing,
    request: { model: bareModel(model), service_tier: "batch" },
    // Of calls that were made long ago; without a time, now is the best that is known.
    startedAt: Number.isNaN(startedAt) ? Date.now() : startedAt,
  };
  const embedded = dest?.inlinedEmbedContentResponses;
  const items = embedded ?? dest?.inlinedResponses ?? [];
  for (const [index, { response, error }] of items.entries()) {
    const call = withUsageContext({ batchId: name }, () =>
      recorder.begin(
        embedded === undefined
          ? { ...start, operation: "generate_content", format: GEMINI_CONTENT }
          : { ...start, operation: "embed_content", format: GEMINI_EMBEDDINGS },
      ),
    );
    const requestId = response?.responseId ?? `${name}/${index}`.slice(-100);
    const failure = error === undefined ? {} : { reading: { error: "BatchItemError" } };
    call.succeeded(embedded === undefined ? response : embeddingOf(response), { requestId, ...failure });
  }
}

/** As one that was asked for alone tells its tokens. */
function embeddingOf(response: Item["response"]): unknown {
  const { tokenCount } = response ?? {};
  return tokenCount === undefined
    ? response
    : { embeddings: [{ statistics: { tokenCount: Number(tokenCount) } }] };
}
