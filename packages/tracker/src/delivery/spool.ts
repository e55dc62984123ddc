import fs from "node:fs";
import { dirname, join } from "node:path";
import type { Segment } from "./segment.ts";
import { headerLine, writeSegmentFile } from "./segment-file.ts";
import { makeOwnerDirectory, removeIfEmpty, type SpoolPlace } from "./spool-directory.ts";
import { newOwnerName } from "./spool-owner.ts";

export interface SpoolOptions {
  readonly place: SpoolPlace;
  /** Most that may be in it, of all processes together. */
  readonly bytesMax: number;
  readonly now: () => number;
  readonly onProblem: (error: Error) => void;
}

/** A disk that failed is left alone for so long. */
const DISK_RETRY_MS = 10_000;

/**
 * A process's part of a spool: the files of its segments, one of which is open. A disk that cannot be written never
 * throws; the segment then is in memory alone, and the disk is tried again after a while.
 */
export class Spool {
  readonly directory: string;
  readonly #options: SpoolOptions;
  readonly #name = newOwnerName();
  /** Of owners that ended, claimed by this process. */
  readonly #claimed = new Set<string>();
  #fd: number | undefined;
  #sequence = 0;
  #ownBytes = 0;
  #othersBytes = 0;
  #retryAt = 0;
  #isFull = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.directory = options.place.directory;
  }

  /** Starts a file for the segment with its first line. @returns whether the disk took it */
  begin(segment: Segment, line: string): boolean {
    if (!this.isWritable) return false;
    let path: string | undefined;
    try {
      path = this.#nextPath();
      this.#fd = fs.openSync(path, "ax", 0o600);
      segment.fileBytes = this.#write(this.#fd, this.#header() + line);
      segment.file = path;
      return true;
    } catch (error) {
      this.#failed(error);
      if (path !== undefined) fs.rm(path, { force: true }, () => undefined);
      return false;
    }
  }

  /** Adds a line to the open file, which is the segment's. @returns whether the disk took it; if not, the file is ended */
  append(segment: Segment, line: string): boolean {
    if (this.#fd === undefined) return false;
    try {
      segment.fileBytes += this.#write(this.#fd, line);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Ends the open file. */
  end(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    try {
      fs.closeSync(fd);
    } catch (error) {
      this.#failed(error);
    }
  }

  get isWritable(): boolean {
    if (this.#options.now() < this.#retryAt) return false;
    const isFull = this.#ownBytes + this.#othersBytes >= this.#options.bytesMax;
    if (isFull && !this.#isFull)
      this.#options.onProblem(new Error(`${this.directory} holds as much as it may`));
    this.#isFull = isFull;
    return !isFull;
  }

  /** Writes the segment's lines as they are in memory, all at once. @returns whether they are on disk now */
  async write(segment: Segment): Promise<boolean> {
    const { lines, isCorrected } = segment;
    if (lines === undefined || !this.isWritable) return false;
    try {
      const path = segment.file ?? this.#nextPath();
      const opened_at = new Date(this.#options.now()).toISOString();
      const clock = isCorrected ? "corrected" : "as-is";
      const bytes = await writeSegmentFile(path, { lines, opened_at, clock });
      this.#ownBytes += bytes - segment.fileBytes;
      segment.file = path;
      segment.fileBytes = bytes;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** The segment has arrived: nothing of it is needed any more. */
  async remove({ file, fileBytes, isOwn }: Segment): Promise<void> {
    if (file === undefined) return;
    // It may be gone, if somebody has taken it over.
    await fs.promises.unlink(file).catch((error: unknown) => {
      if (!isGone(error)) this.#failed(error);
    });
    this.#ownBytes -= fileBytes;
    const directory = dirname(file);
    if (!isOwn && this.#claimed.has(directory)) removeIfEmpty(directory);
  }

  /** Shows that this process lives, so that nobody takes its files for left behind. */
  touch(): void {
    const now = new Date();
    const done = () => undefined;
    for (const path of this.#directories) fs.utimes(path, now, now, done);
  }

  /** Takes over what processes that ended have left. @returns the files, and what of the spool is other processes' */
  async adopt(): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
    const { claimOrphans, surveySpool } = await import("./orphans.ts");
    const { ended, live } = await surveySpool(this.directory, {
      now: Date.now(),
      own: new Set(this.#directories),
    });
    this.#othersBytes = live.reduce((sum, { bytes }) => sum + bytes, 0);
    const { directories, files } = await claimOrphans(this.directory, ended);
    for (const path of directories) this.#claimed.add(path);
    for (const path of directories) removeIfEmpty(path);
    this.#ownBytes += files.reduce((sum, { bytes }) => sum + bytes, 0);
    return files;
  }

  owns(directory: string): boolean {
    return this.#directories.includes(directory);
  }

  /** Leaves no empty directories behind. */
  leave(): void {
    this.end();
    for (const path of this.#directories) removeIfEmpty(path);
  }

  get #directories(): readonly string[] {
    return [join(this.directory, this.#name), ...this.#claimed];
  }

  #nextPath(): string {
    // Each time: it may have been taken over, or tidied away.
    const directory = makeOwnerDirectory(this.#options.place, this.#name);
    this.#sequence += 1;
    return join(directory, `${String(this.#sequence).padStart(8, "0")}.jsonl`);
  }

  #header(): string {
    return headerLine({ opened_at: new Date(this.#options.now()).toISOString(), clock: "as-is" });
  }

  /** @throws when not all of it could be written: what is there then has no end of line, and readers leave it out */
  #write(fd: number, line: string): number {
    const text = `${line}\n`;
    const bytes = Buffer.byteLength(text);
    if (fs.writeSync(fd, text) < bytes) throw new Error("no space left for a whole line");
    this.#ownBytes += bytes;
    return bytes;
  }

  #failed(error: unknown): void {
    this.#retryAt = this.#options.now() + DISK_RETRY_MS;
    this.end();
    this.#options.onProblem(error instanceof Error ? error : new Error(String(error)));
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
