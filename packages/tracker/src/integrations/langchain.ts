import type { CallStart, MeteredCall } from "../recording/call.ts";
import { estimatedInput } from "../recording/estimate.ts";
import { TextSize } from "../recording/text-size.ts";
import type { Tracker } from "../tracker.ts";
import { membersOf, textAt } from "./inclusive-usage.ts";
import { readRunEnd } from "./langchain-usage.ts";
import { namedProvider } from "./provider-names.ts";

/** A callback handler of `@langchain/core`. */
export interface UsageHandler {
  readonly name: "ai-usage";
  /**
   * LangChain waits for it, which takes no time: in the background it would still be at work when a serverless function has
   * answered, and frozen with it. Flush the tracker before that, as ever.
   */
  readonly awaitHandlers: true;
  handleLLMStart(llm: object, prompts: string[], runId: string, ...more: RunDetails): void;
  handleChatModelStart(llm: object, messages: object[][], runId: string, ...more: RunDetails): void;
  handleLLMNewToken(token: string, index: unknown, runId: string): void;
  handleLLMEnd(output: object, runId: string): void;
  handleLLMError(error: unknown, runId: string): void;
}

type RunDetails = [
  parentRunId?: string,
  extraParams?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
];

export interface UsageHandlerOptions {
  /**
   * Nobody tells of a stream that is left early. One that has been silent for so long is taken for that when another run
   * begins, and recorded with an estimated usage.
   * @default ten minutes
   */
  readonly abandonedAfterMs?: number;
}

const ABANDONED_AFTER_MS = 600_000;
const RUNS_MAX = 10_000;

/**
 * Records each run of a model, not of the chains around it: `new ChatOpenAI({ callbacks: [usageHandler(tracker)] })`, or the
 * `callbacks` of one call. LangChain may use a provider's SDK: wrap that client or use this, or the call counts twice. Budgets
 * are not asked here.
 */
export function usageHandler(tracker: Tracker, options: UsageHandlerOptions = {}): UsageHandler {
  const runs = new Runs(tracker, options.abandonedAfterMs ?? ABANDONED_AFTER_MS);
  return {
    name: "ai-usage",
    awaitHandlers: true,
    handleLLMStart: (llm, prompts, runId, _parent, extra, _tags, metadata) =>
      runs.begin(runId, startOf({ llm, extra, metadata, messages: prompts })),
    handleChatModelStart: (llm, messages, runId, _parent, extra, _tags, metadata) =>
      runs.begin(runId, startOf({ llm, extra, metadata, messages })),
    handleLLMNewToken: (token, _index, runId) => runs.find(runId)?.heard(token),
    handleLLMEnd: (output, runId) => runs.take(runId)?.ended(output),
    handleLLMError: (error, runId) => runs.take(runId)?.failed(error),
  };
}

interface RunStart {
  readonly llm: object;
  readonly extra: Record<string, unknown> | undefined;
  readonly metadata: Record<string, unknown> | undefined;
  readonly messages: readonly unknown[];
}

/** `ls_…` is what LangChain tells tracers; of models without it their class (`ChatOpenAI`) and parameters tell. */
function startOf({ llm, extra, metadata, messages }: RunStart): CallStart {
  const told = membersOf(metadata);
  const classNames = membersOf(llm).id;
  const className = Array.isArray(classNames) ? classNames.at(-1) : undefined;
  const { service, operation } = namedProvider(textAt(told, "ls_provider") ?? String(className ?? "unknown"));
  const parameters = membersOf(extra, "invocation_params");
  const model = textAt(told, "ls_model_name") ?? textAt(parameters, "model");
  return { service, operation, request: { model, messages }, ...(model !== undefined && { model }) };
}

/** Runs that are under way. */
class Runs {
  readonly #tracker: Tracker;
  readonly #abandonedAfterMs: number;
  readonly #open = new Map<string, Run>();

  constructor(tracker: Tracker, abandonedAfterMs: number) {
    this.#tracker = tracker;
    this.#abandonedAfterMs = abandonedAfterMs;
  }

  begin(runId: string, start: CallStart): void {
    this.#settleAbandoned();
    this.#open.set(runId, new Run(this.#tracker.recorder.begin(start), start));
  }

  find(runId: string): Run | undefined {
    return this.#open.get(runId);
  }

  take(runId: string): Run | undefined {
    const run = this.#open.get(runId);
    this.#open.delete(runId);
    return run;
  }

  #settleAbandoned(): void {
    const silentSinceMs = performance.now() - this.#abandonedAfterMs;
    let surplus = this.#open.size - RUNS_MAX;
    for (const [runId, run] of this.#open) {
      if (surplus <= 0 && !run.isSilentSince(silentSinceMs)) continue;
      surplus -= 1;
      this.#open.delete(runId);
      run.left();
    }
  }
}

class Run {
  readonly #call: MeteredCall;
  readonly #start: CallStart;
  readonly #written = new TextSize();
  #heardMs: number | undefined;

  constructor(call: MeteredCall, start: CallStart) {
    this.#call = call;
    this.#start = start;
  }

  heard(token: string): void {
    this.#call.firstToken();
    this.#written.add(token);
    this.#heardMs = performance.now();
  }

  /** A model that thinks for long before it says something has not been left. */
  isSilentSince(timeMs: number): boolean {
    return this.#heardMs !== undefined && this.#heardMs <= timeMs;
  }

  ended(output: unknown): void {
    const { service, model } = this.#start;
    const reading = readRunEnd(output, service, model);
    if (Object.keys(reading.usage).length > 0 || this.#written.pieces === 0)
      this.#call.succeeded(undefined, { reading });
    else
      this.#call.succeeded(undefined, {
        reading: { ...reading, usage: this.#estimated() },
        isEstimated: true,
      });
  }

  failed(error: unknown): void {
    const hasWritten = this.#written.pieces > 0;
    this.#call.failed(error, hasWritten ? { reading: { usage: this.#estimated() }, isEstimated: true } : {});
  }

  left(): void {
    const reading = { usage: this.#estimated() };
    this.#call.succeeded(undefined, { reading, isEstimated: true, endedEarly: true });
  }

  #estimated() {
    return {
      input: estimatedInput(this.#start),
      output: Math.max(this.#written.pieces, this.#written.tokens()),
    };
  }
}
