import { BackOff, type BackOffOptions } from "./back-off.ts";
import type { Delivery, DeliveryStatistics, FlushOptions, TrackerProblem } from "./delivery.ts";
import { FlushWaiters } from "./flush-waiters.ts";
import { keepHouse } from "./housekeeping.ts";
import { onProcessEnd } from "./process-end.ts";
import type { RejectedLine } from "./rejected-file.ts";
import type { Segment } from "./segment.ts";
import { SegmentQueue } from "./segment-queue.ts";
import { SegmentSender, type Settled } from "./segment-sender.ts";
import type { Spool } from "./spool.ts";
import type { Transport } from "./transport.ts";

export interface QueuedDeliveryOptions {
  readonly transport: Transport;
  readonly spool: Spool | undefined;
  readonly now: () => number;
  readonly onProblem: (problem: TrackerProblem) => void;
  readonly backOff: BackOffOptions;
  readonly linesMax: number;
  readonly lengthMax: number;
  readonly flushAfterMs: number;
  readonly flushAfterLines: number;
}

const FLUSH_TIMEOUT_MS = 10_000;
/** A process that is over is not held up for long: what is in the spool is sent by the next one. */
const EXIT_TIMEOUT_MS = 3_000;
const DROPS_TOLD_MS = 1_000;

/** Takes metrics into a queue of segments, and sends these one after the other, one batch at a time. */
export class QueuedDelivery implements Delivery {
  readonly #options: QueuedDeliveryOptions;
  readonly #queue: SegmentQueue;
  readonly #sender: SegmentSender;
  readonly #backOff: BackOff;
  readonly #waiters = new FlushWaiters();
  readonly #counts = { recorded: 0, delivered: 0, rejected: 0, dropped: 0, handedOver: 0, adopted: 0 };
  #state: "open" | "closing" | "closed" = "open";
  #pumping: Promise<void> | undefined;
  /** For company to come, or for the other side to be back. */
  #timer: NodeJS.Timeout | undefined;
  /** After a failure: not before this time. */
  #retryAt = 0;
  #untoldDrops = 0;
  #dropsToldAt = Number.NEGATIVE_INFINITY;
  #recordedAtExit = 0;
  readonly #ends: readonly (() => void)[];

  constructor(options: QueuedDeliveryOptions) {
    const { spool, now, transport } = options;
    this.#options = options;
    this.#queue = new SegmentQueue(options);
    this.#backOff = new BackOff(options.backOff);
    this.#sender = new SegmentSender({
      transport,
      now,
      settle: (segment, settled) => this.#settle(segment, settled),
      rewrite: (segment) => this.#queue.rewrite(segment),
    });
    const stay = onProcessEnd({ beforeExit: () => this.#beforeExit(), exit: () => this.#exit() });
    this.#ends = spool === undefined ? [stay] : [stay, keepHouse(spool, (files) => this.#adopt(files))];
  }

  add(line: string): void {
    this.#counts.recorded += 1;
    if (this.#state !== "open" || !this.#queue.add(line)) this.#drop();
    else if (this.#pumping === undefined && this.#retryAt === 0) this.#goOn();
  }

  async flush({ timeoutMs = FLUSH_TIMEOUT_MS }: FlushOptions = {}): Promise<DeliveryStatistics> {
    this.#queue.seal();
    const { mark } = this.#queue;
    if (this.#queue.hasPassed(mark)) return this.statistics;
    const passed = this.#waiters.wait({ mark, timeoutMs });
    // Somebody waits, so it is tried now; but not before the other side has said to.
    if (this.#backOff.isHeld) this.#waiters.giveUpBefore(this.#retryAt - this.#options.now());
    else this.#pump();
    await passed;
    return this.statistics;
  }

  async close({ timeoutMs = FLUSH_TIMEOUT_MS }: FlushOptions = {}): Promise<DeliveryStatistics> {
    if (this.#state !== "open") return this.statistics;
    this.#state = "closing";
    const deadline = performance.now() + timeoutMs;
    await this.flush({ timeoutMs });
    if (this.#pumping !== undefined) await settledBefore(this.#pumping, deadline);
    await this.#end();
    return this.statistics;
  }

  get statistics(): DeliveryStatistics {
    const { recorded, delivered, rejected, dropped, handedOver } = this.#counts;
    const waiting = recorded - delivered - rejected - dropped - handedOver;
    return { ...this.#counts, waiting, spilled: this.#queue.spilled };
  }

  /** Sends what is complete or enough by now, or sees to it that the rest does not wait for long. */
  #goOn(): void {
    const { flushAfterLines, flushAfterMs } = this.#options;
    if (this.#next() !== undefined || this.#queue.openCount >= flushAfterLines) this.#pump();
    else if (this.#queue.openCount > 0) this.#timer ??= setTimeout(() => this.#pump(), flushAfterMs).unref();
  }

  #pump(): void {
    if (this.#pumping !== undefined || this.#state === "closed") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#retryAt = 0;
    this.#queue.seal();
    this.#pumping = this.#sendAll()
      .catch((error: unknown) => this.#failed(asError(error)))
      .finally(() => {
        this.#pumping = undefined;
        if (this.#retryAt === 0 && this.#state !== "closed") this.#goOn();
      });
  }

  async #sendAll(): Promise<void> {
    for (let segment = this.#next(); segment !== undefined; segment = this.#next()) {
      const { count, isOwn } = segment;
      const lines = await this.#queue.load(segment);
      if (lines !== undefined) await this.#sender.send(segment, lines);
      // What is not in its file any more is with whoever took it over.
      if (isOwn) this.#counts.handedOver += lines === undefined ? count : count - segment.count;
      await this.#queue.finish(segment);
      this.#waiters.settle((mark) => this.#queue.hasPassed(mark));
    }
  }

  #next(): Segment | undefined {
    const { first, openCount } = this.#queue;
    if (first === undefined && openCount >= this.#options.flushAfterLines) this.#queue.seal();
    const next = first ?? this.#queue.first;
    // Whoever waits for the end waits for what is its own.
    return this.#state === "open" || next?.isOwn ? next : undefined;
  }

  async #settle({ isOwn }: Segment, { delivered, rejected }: Settled): Promise<void> {
    if (this.#state === "closed") return;
    this.#backOff.succeeded();
    if (isOwn) this.#counts.delivered += delivered;
    else this.#counts.adopted += delivered;
    const [first] = rejected;
    if (first === undefined) return;
    if (isOwn) this.#counts.rejected += rejected.length;
    const directory = this.#options.spool?.directory;
    const isKept = directory !== undefined && (await keep(directory, rejected));
    const error = new Error(rejectionText(first, isKept ? directory : undefined));
    this.#options.onProblem({ kind: "rejected", count: rejected.length, error });
  }

  async #failed(error: Error): Promise<void> {
    await this.#queue.persist();
    if (this.#state === "closed") return;
    const delayMs = this.#backOff.failed(error);
    this.#retryAt = this.#options.now() + delayMs;
    this.#timer = setTimeout(() => this.#pump(), delayMs).unref();
    this.#waiters.giveUpBefore(delayMs);
    if (!this.#backOff.isOpen) return;
    this.#options.onProblem({ kind: "delivery", count: this.statistics.waiting, error });
    this.#waiters.giveUp();
  }

  #adopt(files: Parameters<SegmentQueue["adopt"]>[0]): void {
    this.#queue.adopt(files);
    if (this.#retryAt === 0) this.#pump();
  }

  #drop(): void {
    this.#counts.dropped += 1;
    this.#untoldDrops += 1;
    const now = performance.now();
    if (now - this.#dropsToldAt < DROPS_TOLD_MS) return;
    this.#dropsToldAt = now;
    this.#tellDrops();
  }

  #tellDrops(): void {
    if (this.#untoldDrops === 0) return;
    const error = new Error("there was no room for metrics, neither on disk nor in memory: they are lost");
    this.#options.onProblem({ kind: "dropped", count: this.#untoldDrops, error });
    this.#untoldDrops = 0;
  }

  #beforeExit(): void {
    // What is sent keeps the process alive until it is answered; what could not be sent then is not tried again.
    if (this.#counts.recorded === this.#recordedAtExit) return;
    this.#recordedAtExit = this.#counts.recorded;
    void this.flush({ timeoutMs: EXIT_TIMEOUT_MS });
  }

  #exit(): void {
    const { unsaved } = this.#queue;
    this.#counts.dropped += unsaved;
    this.#untoldDrops += unsaved;
    this.#tellDrops();
    this.#options.spool?.leave();
  }

  async #end(): Promise<void> {
    await this.#queue.persist();
    this.#state = "closed";
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
    this.#exit();
    await this.#options.transport.close?.().catch(() => undefined);
  }
}

async function keep(directory: string, rejected: readonly RejectedLine[]): Promise<boolean> {
  const { keepRejected } = await import("./rejected-file.ts");
  return keepRejected(directory, rejected);
}

function rejectionText({ field, message }: RejectedLine, directory: string | undefined): string {
  const reason = field === undefined ? message : `${field} ${message}`;
  const place = directory === undefined ? "" : `; they are kept in ${directory}`;
  return `metrics were refused for good, the first one because ${reason}${place}`;
}

const settledBefore = (work: Promise<void>, deadline: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - performance.now());
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
