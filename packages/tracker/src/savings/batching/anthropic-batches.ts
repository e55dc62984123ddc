import { anthropicBatchLine } from "@ai-usage/core/normalize/batch-lines";
import { readUsage } from "@ai-usage/core/normalize/read-usage";
import { type BatchProvider, BatchRequestError, type BatchResult } from "./batch-provider.ts";
import { type BatchTracker, recordLine } from "./recorded-line.ts";

/** What is called of an Anthropic client. Where the options of its other methods are depends on the SDK's version. */
export interface AnthropicBatchClient<Request> {
  readonly messages: {
    readonly batches: {
      create(
        body: { requests: { custom_id: string; params: Request }[] },
        options?: RequestOptions,
      ): PromiseLike<{ id: string }>;
      retrieve(id: string): PromiseLike<MessageBatch>;
      results(id: string): PromiseLike<AsyncIterable<Line>>;
    };
  };
}

interface RequestOptions {
  signal?: AbortSignal | undefined;
}

interface MessageBatch {
  readonly id: string;
  readonly processing_status: string;
  readonly ended_at?: string | null;
}

interface Line {
  readonly custom_id: string;
  readonly result: {
    readonly type: string;
    readonly message?: unknown;
    readonly error?: { readonly error?: { readonly type?: string } };
  };
}

export interface AnthropicBatchesOptions<Request> {
  readonly client: AnthropicBatchClient<Request>;
  /**
   * Records the batches' calls, each in the context that it was added in. A client that a tracker wrapped records them too, once: in
   * the context in which results are read.
   */
  readonly tracker?: BatchTracker;
}

/**
 * Anthropic's message batches: 100,000 requests and 256 MB.
 * https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
export function anthropicBatches<Request extends object = Record<string, unknown>, Answer = unknown>({
  client,
  tracker,
}: AnthropicBatchesOptions<Request>): BatchProvider<Request, Answer> {
  const { batches } = client.messages;
  return {
    maxRequests: 100_000,
    maxBytes: 256_000_000,
    lineOf: ({ customId, request }) => JSON.stringify({ custom_id: customId, params: request }),
    groupOf: () => "",
    weightOf: () => 1,
    submit: async (requests, signal) => {
      const lines = requests.map(({ customId, request }) => ({ custom_id: customId, params: request }));
      return (await batches.create({ requests: lines }, { signal })).id;
    },
    status: async (batchId) => {
      const batch = await batches.retrieve(batchId);
      return batch.processing_status === "ended" ? { isOver: true, why: "failed", batch } : { isOver: false };
    },
    results: async function* ({ batch }, options) {
      const { id: batchId, ended_at } = batch as MessageBatch;
      const endedAt = typeof ended_at === "string" ? Date.parse(ended_at) : undefined;
      const read = tracker === undefined ? batches.results : unwatched(batches);
      for await (const line of await read.call(batches, batchId)) {
        const { custom_id: customId } = line;
        const told = { format: "anthropic.batch_line", line, customId, batchId, endedAt } as const;
        await recordLine(tracker, told, options);
        yield [customId, resultOf<Answer>(line, batchId)];
      }
    },
  };
}

type Batches = AnthropicBatchClient<never>["messages"]["batches"];

/** The SDK's own method, under the one that a tracker put in front of it: what is recorded here is not recorded there too. */
function unwatched(batches: Pick<Batches, "results">): Batches["results"] {
  const own: Partial<Batches> | null = Object.getPrototypeOf(batches);
  return own?.results ?? batches.results;
}

const ENDS = { expired: "expired", canceled: "cancelled" } as const;

function resultOf<Answer>(line: Line, batchId: string): BatchResult<Answer> {
  const { type, message, error } = line.result;
  if (type === "succeeded") {
    const { usage, model } = readUsage(anthropicBatchLine, line);
    return { status: "succeeded", answer: message as Answer, usage, ...(model !== undefined && { model }) };
  }
  const status = ENDS[type as keyof typeof ENDS] ?? "failed";
  return { status, error: new BatchRequestError({ status, batchId, code: error?.error?.type }) };
}
