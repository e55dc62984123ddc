import { setTimeout as wait } from "node:timers/promises";
import { BackOff, type BackOffOptions } from "./back-off.ts";
import { surveySpool } from "./orphans.ts";
import { keepRejected, type RejectedLine } from "./rejected-file.ts";
import { adoptedSegment, ownSegment, type Segment } from "./segment.ts";
import { readSegmentFile } from "./segment-reader.ts";
import { SegmentSender } from "./segment-sender.ts";
import { Spool } from "./spool.ts";
import { defaultSpoolDirectory, destinationsIn, spoolPlace } from "./spool-directory.ts";
import { type Transport, TransportError } from "./transport.ts";

export interface SyncOptions {
  readonly transport: Transport;
  /** Told after each part how many metrics are through. */
  readonly onProgress?: (done: number) => void;
  /** After five failures in a row it gives up. */
  readonly backOff?: BackOffOptions;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface SyncSpoolOptions extends SyncOptions {
  /** @default AI_USAGE_SPOOL_DIR, or `ai-usage-spool-<uid>` in the system's temporary directory */
  readonly directory?: string;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface SyncReport {
  readonly delivered: number;
  readonly rejected: number;
  /** The first of those that were rejected. */
  readonly rejections: readonly { readonly field?: string; readonly message: string }[];
  /** Half-written lines, of which nothing can be made. */
  readonly torn: number;
  /** Not sent, since the other side cannot be reached; they stay where they are. */
  readonly waiting: number;
  readonly failure?: TransportError;
}

export interface SpoolSyncReport extends SyncReport {
  readonly directory: string;
  /** Processes that still run, and send what is theirs themselves. */
  readonly running: number;
  /** Other destinations that metrics wait for in the same spool. */
  readonly elsewhere: readonly string[];
}

/**
 * Sends what processes that ended have left in a spool for the transport's destination. Several may do so at once.
 * Processes that still run are left alone: they send what is theirs, by their own correction of the clock.
 */
export async function syncSpool(options: SyncSpoolOptions): Promise<SpoolSyncReport> {
  const { transport, now = Date.now, env = process.env } = options;
  const root = options.directory ?? defaultSpoolDirectory(env);
  const place = spoolPlace(root, transport);
  const spool = new Spool({ place, bytesMax: Number.POSITIVE_INFINITY, now, onProblem: () => undefined });
  const run = new SyncRun(options, spool);
  try {
    await run.send(spooledSegments(spool), (segment) => spool.remove(segment));
  } finally {
    spool.leave();
  }
  const { live } = await surveySpool(place.directory, { now: Date.now(), own: new Set() });
  const elsewhere = await destinationsIn(root);
  return {
    ...run.report,
    directory: place.directory,
    running: live.filter(({ path, files }) => files > 0 && !spool.owns(path)).length,
    elsewhere: [...elsewhere.values()].filter((label) => label !== place.destination),
  };
}

/**
 * Sends metrics that stand one a line, as in a file of TRACK_TO_FILE or in a spool's `rejected.jsonl`. What was sent before
 * does not count again.
 */
export async function syncLines(lines: AsyncIterable<string>, options: SyncOptions): Promise<SyncReport> {
  const run = new SyncRun(options);
  await run.send(listedSegments(lines), async () => undefined);
  return run.report;
}

interface Loaded {
  readonly segment: Segment;
  readonly lines: string[];
  readonly torn: number;
}

async function* spooledSegments(spool: Spool): AsyncGenerator<Loaded, void> {
  for (const file of await spool.adopt()) {
    const segment = adoptedSegment(file);
    const content = await readSegmentFile(file.path).catch(() => undefined);
    // Somebody has taken it over meanwhile.
    if (content === undefined) continue;
    const { lines, isCorrected, torn } = content;
    spool.touch();
    yield { segment: Object.assign(segment, { lines, isCorrected, count: lines.length }), lines, torn };
  }
}

const PART_LINES = 1_000;

async function* listedSegments(all: AsyncIterable<string>): AsyncGenerator<Loaded, void> {
  let lines: string[] = [];
  let torn = 0;
  const part = (): Loaded => {
    // By which clock they are nobody knows: they are taken at their word.
    const segment = { ...ownSegment(), lines, count: lines.length, isCorrected: true };
    return { segment, lines, torn };
  };
  for await (const text of all) {
    const line = metricIn(text);
    if (line !== undefined) lines.push(line);
    else if (text.trim() !== "") torn += 1;
    if (lines.length < PART_LINES) continue;
    yield part();
    lines = [];
    torn = 0;
  }
  if (lines.length + torn > 0) yield part();
}

function metricIn(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || "ai_usage_spool" in value) return undefined;
    return "rejected" in value && "metric" in value ? JSON.stringify(value.metric) : line;
  } catch {
    return undefined;
  }
}

const REJECTIONS_MAX = 20;

/** One pass over what there is, until it is through or the other side is given up. */
class SyncRun {
  readonly #options: SyncOptions;
  readonly #backOff: BackOff;
  readonly #sender: SegmentSender;
  readonly #directory: string | undefined;
  readonly #counts = { delivered: 0, rejected: 0, torn: 0, waiting: 0 };
  readonly #rejections: { readonly field?: string; readonly message: string }[] = [];
  #failure: TransportError | undefined;

  constructor(options: SyncOptions, spool?: Spool) {
    const { transport, now = Date.now } = options;
    this.#options = options;
    this.#directory = spool?.directory;
    this.#backOff = new BackOff(options.backOff);
    this.#sender = new SegmentSender({
      transport,
      now,
      settle: (_, { delivered, rejected }) => this.#settle(delivered, rejected),
      rewrite: async (segment) => void (await spool?.write(segment)),
    });
  }

  get report(): SyncReport {
    const failure = this.#failure;
    return { ...this.#counts, rejections: this.#rejections, ...(failure && { failure }) };
  }

  async send(all: AsyncIterable<Loaded>, done: (segment: Segment) => Promise<void>): Promise<void> {
    for await (const { segment, lines, torn } of all) {
      this.#counts.torn += torn;
      if (this.#failure === undefined) await this.#sendOne(segment, lines);
      if (this.#failure === undefined) await done(segment);
      else this.#counts.waiting += lines.length - segment.next;
    }
  }

  async #sendOne(segment: Segment, lines: string[]): Promise<void> {
    for (;;) {
      try {
        return await this.#sender.send(segment, lines);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        const delayMs = this.#backOff.failed(error);
        if (this.#backOff.isOpen) {
          this.#failure = error;
          return;
        }
        await wait(delayMs);
      }
    }
  }

  async #settle(delivered: number, rejected: readonly RejectedLine[]): Promise<void> {
    this.#backOff.succeeded();
    this.#counts.delivered += delivered;
    this.#counts.rejected += rejected.length;
    for (const { line: _, ...reason } of rejected.slice(0, REJECTIONS_MAX - this.#rejections.length))
      this.#rejections.push(reason);
    if (rejected.length > 0 && this.#directory !== undefined) await keepRejected(this.#directory, rejected);
    this.#options.onProgress?.(this.#counts.delivered + this.#counts.rejected);
  }
}
