import { isClockOff, pulledBack, shiftTimestamp } from "./clock-correction.ts";
import type { RejectedLine } from "./rejected-file.ts";
import type { Segment } from "./segment.ts";
import { type BatchReceipt, type LineOutcome, type Transport, TransportError } from "./transport.ts";

export interface SegmentSenderOptions {
  readonly transport: Transport;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes note of what became of some of its lines. */
  readonly settle: (segment: Segment, settled: Settled) => Promise<void> | void;
  /** Puts the segment's lines, which have changed, in place of those on disk. */
  readonly rewrite: (segment: Segment) => Promise<void>;
}

export interface Settled {
  readonly delivered: number;
  readonly rejected: readonly RejectedLine[];
}

const BATCH_MAX = 500;
const BATCH_LENGTH_MAX = 1_000_000;

/**
 * Sends segments in batches, and goes on from where it was when it could not. What the other side will not take as a whole
 * is sent in smaller and smaller parts, until what spoils it stands alone.
 */
export class SegmentSender {
  readonly #options: SegmentSenderOptions;
  #batchMax: number;
  #aheadMs: number | undefined;
  #isClockAsked = false;

  constructor(options: SegmentSenderOptions) {
    this.#options = options;
    this.#batchMax = options.transport.batchMax ?? BATCH_MAX;
  }

  /** @throws TransportError when it cannot go on for now */
  async send(segment: Segment, lines: string[]): Promise<void> {
    await this.#askClock();
    let limit = this.#batchMax;
    while (segment.next < lines.length) {
      await this.#correctIfDue(segment, lines);
      const batch = batchFrom(lines, segment.next, limit);
      const answer = await this.#attempt(segment, batch);
      if ("outcomes" in answer) {
        this.#aheadMs = answer.clockAheadMs ?? this.#aheadMs;
        await this.#settle(segment, lines, answer.outcomes);
        limit = Math.min(limit * 2, this.#batchMax);
      } else if (batch.length > 1) {
        limit = Math.ceil(batch.length / 2);
        if (answer.reason === "too_large") this.#batchMax = limit;
      } else {
        await this.#settle(segment, lines, [{ status: "rejected", message: answer.message }]);
      }
    }
  }

  async #askClock(): Promise<void> {
    const { transport } = this.#options;
    if (this.#isClockAsked || transport.clockAheadMs === undefined) return;
    try {
      this.#aheadMs = await transport.clockAheadMs();
      this.#isClockAsked = true;
    } catch (error) {
      throw asTransportError(error);
    }
  }

  async #correctIfDue(segment: Segment, lines: string[]): Promise<void> {
    if (segment.isCorrected || !isClockOff(this.#aheadMs)) return;
    for (let index = segment.next; index < lines.length; index += 1)
      lines[index] = shiftTimestamp(lines[index] ?? "", this.#aheadMs);
    segment.isCorrected = true;
    // On disk before it is sent: whoever repeats it must say the same.
    await this.#options.rewrite(segment);
  }

  /** @throws TransportError unless the batch was taken, or has to be taken apart */
  async #attempt(segment: Segment, batch: readonly string[]): Promise<BatchReceipt | TransportError> {
    try {
      const receipt = await this.#options.transport.send(batch);
      if (receipt.outcomes.length === batch.length) return receipt;
      throw new Error(`${receipt.outcomes.length} outcomes came for ${batch.length} metrics`);
    } catch (thrown) {
      const error = asTransportError(thrown);
      if (error.reason === "too_large" || error.reason === "refused") return error;
      if (error.reason === "unavailable")
        segment.sentUpTo = Math.max(segment.sentUpTo, segment.next + batch.length);
      throw error;
    }
  }

  async #settle(segment: Segment, lines: string[], outcomes: readonly LineOutcome[]): Promise<void> {
    const rejected: RejectedLine[] = [];
    let delivered = 0;
    for (const [offset, outcome] of outcomes.entries()) {
      const index = segment.next + offset;
      if (outcome.status === "stored") delivered += 1;
      // It was stored by an attempt without an answer, before something about it was put right.
      else if (outcome.status === "conflict" && index < segment.sentUpTo) delivered += 1;
      else {
        const line = lines[index] ?? "";
        const again = index < segment.count ? this.#redated(segment, line, outcome) : undefined;
        if (again !== undefined) lines.push(again);
        else rejected.push({ line, ...reasonOf(outcome) });
      }
    }
    segment.next += outcomes.length;
    await this.#options.settle(segment, { delivered, rejected });
  }

  /** What was refused for its time alone gets one more try, with the other side's. */
  #redated(segment: Segment, line: string, outcome: LineOutcome): string | undefined {
    if (outcome.status !== "rejected" || outcome.field !== "timestamp") return undefined;
    // It will be corrected together with all that follows.
    if (!segment.isCorrected && isClockOff(this.#aheadMs)) return line;
    return pulledBack(line, this.#options.now() + (this.#aheadMs ?? 0));
  }
}

function batchFrom(lines: readonly string[], from: number, limit: number): readonly string[] {
  let to = from;
  for (let length = 0; to < lines.length && to - from < limit; to += 1) {
    length += lines[to]?.length ?? 0;
    if (length > BATCH_LENGTH_MAX && to > from) break;
  }
  return lines.slice(from, to);
}

function reasonOf(outcome: LineOutcome): { field?: string; message: string } {
  if (outcome.status === "rejected")
    return { message: outcome.message, ...(outcome.field !== undefined && { field: outcome.field }) };
  return { field: "request_id", message: "is taken by a metric with other content" };
}

function asTransportError(thrown: unknown): TransportError {
  if (thrown instanceof TransportError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new TransportError(message, { reason: "unavailable", cause: thrown });
}
