import { openAIBatchLine } from "@ai-usage/core/normalize/batch-lines";
import { readUsage } from "@ai-usage/core/normalize/read-usage";
import {
  type BatchProvider,
  BatchRequestError,
  type BatchResult,
  type ReadOptions,
} from "./batch-provider.ts";
import { type BatchTracker, recordLine } from "./recorded-line.ts";

/** What is called of an OpenAI client. */
export interface OpenAIBatchClient {
  readonly files: {
    create(body: { file: File; purpose: "batch" }, options?: RequestOptions): PromiseLike<{ id: string }>;
    content(id: string, options?: RequestOptions): PromiseLike<{ text(): Promise<string> }>;
  };
  readonly batches: {
    create(
      body: { input_file_id: string; endpoint: OpenAIBatchEndpoint; completion_window: "24h" },
      options?: RequestOptions,
    ): PromiseLike<{ id: string }>;
    retrieve(id: string, options?: RequestOptions): PromiseLike<OpenAIBatch>;
  };
}

export type OpenAIBatchEndpoint = "/v1/chat/completions" | "/v1/responses" | "/v1/embeddings";

interface RequestOptions {
  signal?: AbortSignal | undefined;
}

interface OpenAIBatch {
  readonly id: string;
  readonly status: string;
  readonly output_file_id?: string | null;
  readonly error_file_id?: string | null;
  readonly completed_at?: number | null;
}

export interface OpenAIBatchesOptions {
  readonly client: OpenAIBatchClient;
  readonly endpoint: OpenAIBatchEndpoint;
  /** Records the batches' calls, each in the context that it was added in. */
  readonly tracker?: BatchTracker;
}

interface Line {
  readonly custom_id: string;
  readonly error?: { readonly code?: string | null } | null;
  readonly response?: {
    readonly status_code?: number;
    readonly body?: { readonly error?: { readonly code?: string | null; readonly type?: string | null } };
  } | null;
}

const OVER = { completed: "failed", failed: "failed", expired: "expired", cancelled: "cancelled" } as const;

/**
 * OpenAI's batches: 50,000 requests (of embeddings: inputs) of one model and 200 MB.
 * https://developers.openai.com/api/docs/guides/batch
 */
export function openAIBatches<Request extends object = Record<string, unknown>, Answer = unknown>({
  client,
  endpoint,
  tracker,
}: OpenAIBatchesOptions): BatchProvider<Request, Answer> {
  const lineOf = ({ customId, request }: { readonly customId: string; readonly request: Request }) =>
    JSON.stringify({ custom_id: customId, method: "POST", url: endpoint, body: request });
  return {
    maxRequests: 50_000,
    maxBytes: 200_000_000,
    lineOf,
    groupOf: (request) => String((request as { readonly model?: unknown }).model),
    weightOf: (request) => (endpoint === "/v1/embeddings" ? inputsOf(request) : 1),
    submit: async (requests, signal) => {
      const text = requests.map((one) => `${lineOf(one)}\n`).join("");
      const file = new File([text], "batch.jsonl", { type: "application/jsonl" });
      const { id } = await client.files.create({ file, purpose: "batch" }, { signal });
      const body = { input_file_id: id, endpoint, completion_window: "24h" } as const;
      return (await client.batches.create(body, { signal })).id;
    },
    status: async (batchId, signal) => {
      const batch = await client.batches.retrieve(batchId, { signal });
      const why = OVER[batch.status as keyof typeof OVER];
      return why === undefined ? { isOver: false } : { isOver: true, why, batch };
    },
    results: async function* ({ batch }, options) {
      const { id: batchId, output_file_id, error_file_id, completed_at } = batch as OpenAIBatch;
      const endedAt = typeof completed_at === "number" ? completed_at * 1_000 : undefined;
      for (const file of [output_file_id, error_file_id]) {
        if (typeof file !== "string") continue;
        for await (const line of linesOf(client, file, options)) {
          const { custom_id: customId } = line;
          await recordLine(
            tracker,
            { format: "openai.batch_line", line, customId, batchId, endedAt },
            options,
          );
          yield [customId, resultOf<Answer>(line, batchId)];
        }
      }
    },
  };
}

async function* linesOf(
  client: OpenAIBatchClient,
  file: string,
  { signal }: Pick<ReadOptions, "signal">,
): AsyncGenerator<Line> {
  const content = await client.files.content(file, { signal });
  for (const text of (await content.text()).split("\n")) if (text.trim() !== "") yield JSON.parse(text);
}

function resultOf<Answer>(line: Line, batchId: string): BatchResult<Answer> {
  const { error, response } = line;
  const body = response?.body;
  if (!error && body !== undefined && (response?.status_code ?? 0) < 400) {
    const { usage, model } = readUsage(openAIBatchLine, line);
    return { status: "succeeded", answer: body as Answer, usage, ...(model !== undefined && { model }) };
  }
  const code = error?.code ?? body?.error?.code ?? body?.error?.type ?? undefined;
  const status =
    code === "batch_expired" ? "expired" : code === "batch_cancelled" ? "cancelled" : ("failed" as const);
  return { status, error: new BatchRequestError({ status, batchId, code }) };
}

function inputsOf(request: object): number {
  const { input } = request as { readonly input?: unknown };
  // A list of numbers is one text, as tokens.
  return Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
}
