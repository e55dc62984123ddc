import { adoptedSegment, ownSegment, type Segment } from "./segment.ts";
import type { Spool } from "./spool.ts";

export interface SegmentQueueOptions {
  readonly spool: Spool | undefined;
  /** Most metrics in memory. */
  readonly linesMax: number;
  /** Most characters of metrics in memory. */
  readonly lengthMax: number;
}

const SEGMENT_LINES_MAX = 1_000;
const SEGMENT_LENGTH_MAX = 500_000;

/**
 * Segments in the order in which they are sent. Memory holds those whose turn is next; of the others the file is enough.
 * Without a file they stay in memory, and what has no room there is not taken.
 */
export class SegmentQueue {
  readonly #spool: Spool | undefined;
  readonly #linesMax: number;
  readonly #lengthMax: number;
  #open: Segment | undefined;
  #sealed: Segment[] = [];
  #adopted: Segment[] = [];
  #memoryLines = 0;
  #memoryLength = 0;
  #sealedEver = 0;
  #finishedEver = 0;
  #spilled = 0;

  constructor({ spool, linesMax, lengthMax }: SegmentQueueOptions) {
    this.#spool = spool;
    this.#linesMax = linesMax;
    this.#lengthMax = lengthMax;
  }

  /** @returns false when there was no room for it, neither on disk nor in memory */
  add(line: string): boolean {
    const open = this.#open ?? ownSegment();
    const isOnDisk = this.#write(open, line);
    if (!isOnDisk && this.#isMemoryFull) {
      // What is in its file already is all that it has.
      if (open === this.#open) this.seal();
      return false;
    }
    open.isFileComplete = isOnDisk;
    open.lines?.push(line);
    open.count += 1;
    open.length += line.length;
    this.#memoryLines += 1;
    this.#memoryLength += line.length;
    this.#open = open;
    const hasFailed = !isOnDisk && open.file !== undefined;
    if (hasFailed || open.count >= SEGMENT_LINES_MAX || open.length >= SEGMENT_LENGTH_MAX) this.seal();
    return true;
  }

  /** Nothing is added any more to what is there now. */
  seal(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#spool?.end();
    this.#sealed.push(open);
    this.#sealedEver += 1;
    this.#spillIfCrowded(open);
  }

  adopt(files: readonly { readonly path: string; readonly bytes: number }[]): void {
    for (const file of files) this.#adopted.push(adoptedSegment(file));
  }

  /** Whose turn it is; what was adopted comes last. */
  get first(): Segment | undefined {
    return this.#sealed[0] ?? this.#adopted[0];
  }

  /** Metrics that may still get company. */
  get openCount(): number {
    return this.#open?.count ?? 0;
  }

  /** Metrics on disk alone. */
  get spilled(): number {
    return this.#spilled;
  }

  /** A mark that {@link hasPassed} can be asked about. */
  get mark(): number {
    return this.#sealedEver;
  }

  /** Whether everything of this process is done that was sealed before the mark was taken. */
  hasPassed(mark: number): boolean {
    return this.#finishedEver >= mark;
  }

  /** @returns its lines, or nothing when they are not to be had: most likely somebody else has taken them over */
  async load(segment: Segment): Promise<string[] | undefined> {
    if (segment.lines !== undefined) return segment.lines;
    try {
      // Most segments are sent from memory.
      const { readSegmentFile } = await import("./segment-reader.ts");
      const { lines, isCorrected } = await readSegmentFile(segment.file ?? "", {
        isComplete: segment.isOwn,
      });
      if (segment.isOwn) this.#spilled -= segment.count;
      segment.lines = lines;
      segment.isCorrected = isCorrected;
      segment.count = lines.length;
      this.#keepInMemory(segment);
      return lines;
    } catch {
      return undefined;
    }
  }

  /** Its lines have changed: those on disk are replaced, if they can be. */
  async rewrite(segment: Segment): Promise<void> {
    segment.isFileComplete = (await this.#spool?.write(segment)) ?? false;
  }

  /** It is sent, and goes; or it could not be read, and its file, if there is one, is left for whoever can. */
  async finish(segment: Segment): Promise<void> {
    if (segment === this.#sealed[0]) this.#sealed.shift();
    else this.#adopted.shift();
    if (segment.lines !== undefined) {
      this.#forget(segment);
      await this.#spool?.remove(segment);
    } else if (segment.isOwn) this.#spilled -= segment.count;
    if (segment.isOwn) this.#finishedEver += 1;
  }

  /** Puts on disk what is in memory alone, as far as it can. */
  async persist(): Promise<void> {
    for (const segment of [...this.#sealed]) {
      if (!segment.isFileComplete) await this.rewrite(segment);
      if (segment !== this.#sealed[0]) this.#spillIfCrowded(segment);
    }
  }

  /** Metrics that end with the process. */
  get unsaved(): number {
    const all = this.#open === undefined ? this.#sealed : [...this.#sealed, this.#open];
    return all.reduce(
      (sum, { isFileComplete, lines = [], next }) => sum + (isFileComplete ? 0 : lines.length - next),
      0,
    );
  }

  #write(open: Segment, line: string): boolean {
    if (this.#spool === undefined) return false;
    if (open !== this.#open) return this.#spool.begin(open, line);
    return open.isFileComplete && this.#spool.append(open, line);
  }

  get #isMemoryFull(): boolean {
    return this.#memoryLines >= this.#linesMax || this.#memoryLength >= this.#lengthMax;
  }

  /** There must stay room for one segment that fills, and for one that is read back. */
  #spillIfCrowded(segment: Segment): void {
    const isCrowded =
      this.#memoryLines + 2 * SEGMENT_LINES_MAX > this.#linesMax ||
      this.#memoryLength + 2 * SEGMENT_LENGTH_MAX > this.#lengthMax;
    if (!isCrowded || !segment.isFileComplete || segment.lines === undefined || segment.next > 0) return;
    this.#forget(segment);
    segment.lines = undefined;
    this.#spilled += segment.count;
  }

  #keepInMemory(segment: Segment): void {
    segment.length = (segment.lines ?? []).reduce((sum, line) => sum + line.length, 0);
    this.#memoryLines += segment.count;
    this.#memoryLength += segment.length;
  }

  #forget(segment: Segment): void {
    this.#memoryLines -= segment.count;
    this.#memoryLength -= segment.length;
  }
}
