import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { InvokeResult } from "../../engine/index.ts";
import { Journal } from "../../home/journal.ts";
import type { Stack } from "../../template/stack.ts";
import { within } from "../../within.ts";
import type { Queues } from "../sqs.ts";
import { functionNameOf } from "./function-name.ts";
import type { InvokeFunction } from "./functions.ts";

/** What Lambda does with an asynchronous invocation whose function fails. */
interface RetryPolicy {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeInSeconds: number;
  readonly onFailureArn: string | undefined;
}

const DEFAULT_POLICY: RetryPolicy = {
  maximumRetryAttempts: 2,
  maximumEventAgeInSeconds: 21_600,
  onFailureArn: undefined,
};

const configReading = {
  type: "AWS::Lambda::EventInvokeConfig",
  schema: z.object({
    FunctionName: z.string(),
    MaximumRetryAttempts: z.number().default(DEFAULT_POLICY.maximumRetryAttempts),
    MaximumEventAgeInSeconds: z.number().default(DEFAULT_POLICY.maximumEventAgeInSeconds),
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
      .optional(),
  }),
  ignored: ["Qualifier"],
};

const entrySchema = z.object({ functionName: z.string(), event: z.unknown(), acceptedAt: z.number() });
type Entry = z.infer<typeof entrySchema>;

export interface AsyncInvocationsOptions {
  readonly stack: Stack;
  readonly invoke: InvokeFunction;
  readonly queues: Queues;
  readonly journalFile: string;
  readonly log: (line: string) => void;
  /** AWS waits one minute before the first retry and two before the second; one machine need not. @default 1000 */
  readonly retryDelayMs?: number;
}

const MAX_CONCURRENT = 10;
const STOP_MS = 5_000;

/**
 * Lambda's queue of asynchronous invocations: accepted at once, on disk until delivered, at least once.
 * A function that fails is tried again as its `EventInvokeConfig` says, then the event goes to its failure destination.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #policies: ReadonlyMap<string, RetryPolicy>;
  readonly #journal: Journal<Entry>;
  readonly #waiting: string[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #started = false;
  #settled = 0;
  #idle: (() => void)[] = [];

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
    this.#policies = readPolicies(options.stack);
    this.#journal = Journal.open(options.journalFile, (value) => entrySchema.parse(value));
    this.#waiting.push(...this.#journal.pending().keys());
  }

  /** Begins to deliver, first of all what an earlier run left. */
  start(): void {
    this.#started = true;
    this.#pump();
  }

  /** On disk when it returns. */
  enqueue(functionName: string, event: unknown): void {
    const id = randomUUID();
    this.#journal.put(id, { functionName: functionNameOf(functionName), event, acceptedAt: Date.now() });
    this.#waiting.push(id);
    this.#pump();
  }

  /** Number of events that are neither delivered nor given up. */
  get pending(): number {
    return this.#journal.pending().size;
  }

  /** Number of events that were delivered or given up by this process. */
  get settled(): number {
    return this.#settled;
  }

  async drained(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((done) => this.#idle.push(done));
  }

  /** Waits a while for the invocations that run; what is not done stays in the journal for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(STOP_MS, Promise.all(this.#running));
    this.#journal.close();
  }

  #pump(): void {
    while (this.#started && !this.#stopping.signal.aborted && this.#running.size < MAX_CONCURRENT) {
      const id = this.#waiting.shift();
      const entry = id === undefined ? undefined : this.#journal.pending().get(id);
      if (id === undefined || entry === undefined) return;
      const delivery = this.#deliver(id, entry).finally(() => {
        this.#running.delete(delivery);
        this.#pump();
      });
      this.#running.add(delivery);
    }
  }

  async #deliver(id: string, entry: Entry): Promise<void> {
    const policy = this.#policies.get(entry.functionName) ?? DEFAULT_POLICY;
    const { retryDelayMs = 1_000, log } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#invoke(entry);
      if (result.functionError === undefined) break;
      if (this.#stopping.signal.aborted) return;

      log(`${entry.functionName} failed at attempt ${attempt}: ${result.payload.errorMessage}`);
      const age = (Date.now() - entry.acceptedAt) / 1000;
      if (attempt > policy.maximumRetryAttempts || age > policy.maximumEventAgeInSeconds) {
        this.#giveUp(entry, policy, result.payload, attempt);
        break;
      }
      await this.#pause(retryDelayMs * attempt);
      if (this.#stopping.signal.aborted) return;
    }
    this.#journal.done(id);
    this.#settled += 1;
    if (this.pending === 0) for (const done of this.#idle.splice(0)) done();
  }

  /** An event for a function that is no longer in the template fails like any other. */
  async #invoke(entry: Entry): Promise<InvokeResult> {
    try {
      return await this.#options.invoke(entry.functionName, entry.event);
    } catch (error) {
      const payload = { errorType: "Runtime", errorMessage: String(error), trace: [] };
      return { requestId: "", functionError: "Unhandled", payload };
    }
  }

  /** The shape that Lambda sends to a destination. */
  #giveUp({ functionName, event }: Entry, policy: RetryPolicy, error: unknown, attempts: number): void {
    if (policy.onFailureArn === undefined) {
      this.#options.log(`${functionName} declares no failure destination: the event is dropped`);
      return;
    }
    this.#options.queues.send(policy.onFailureArn, {
      version: "1.0",
      timestamp: new Date().toISOString(),
      requestContext: {
        functionArn: functionName,
        condition: "RetriesExhausted",
        approximateInvokeCount: attempts,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: error,
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#stopping.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        done();
      });
    });
  }
}

function readPolicies(stack: Stack): Map<string, RetryPolicy> {
  return new Map(
    stack.resources(configReading).map(({ properties }) => [
      functionNameOf(properties.FunctionName),
      {
        maximumRetryAttempts: properties.MaximumRetryAttempts,
        maximumEventAgeInSeconds: properties.MaximumEventAgeInSeconds,
        onFailureArn: properties.DestinationConfig?.OnFailure?.Destination,
      },
    ]),
  );
}
