import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Once everything is done and the file is this long it starts again from nothing. */
const MAX_IDLE_BYTES = 1_000_000;

type Line<Entry> = { readonly put: Entry; readonly id: string } | { readonly done: string };

/**
 * Work that was accepted and must outlive a kill: one line when it is accepted, one when it is done.
 * A line is in the file when `put` returns. It is not forced to the disk: the kernel keeps what a killed
 * process wrote, and a machine that loses power is not what this runtime stands in for.
 */
export class Journal<Entry> {
  readonly #file: number;
  readonly #pending: Map<string, Entry>;
  #bytes: number;
  #isOpen = true;

  private constructor(file: number, pending: Map<string, Entry>, bytes: number) {
    this.#file = file;
    this.#pending = pending;
    this.#bytes = bytes;
  }

  /** Opens the journal with what earlier runs left undone, and drops from the file what they did. */
  static open<Entry>(path: string, parse: (value: unknown) => Entry): Journal<Entry> {
    mkdirSync(dirname(path), { recursive: true });
    const pending = readPending(path, parse);
    const text = [...pending].map(([id, put]) => `${JSON.stringify({ id, put })}\n`).join("");
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
    return new Journal(openSync(path, "a"), pending, Buffer.byteLength(text));
  }

  pending(): ReadonlyMap<string, Entry> {
    return this.#pending;
  }

  put(id: string, entry: Entry): void {
    this.#pending.set(id, entry);
    this.#write({ id, put: entry });
  }

  done(id: string): void {
    this.#pending.delete(id);
    this.#write({ done: id });
    if (this.#isOpen && this.#pending.size === 0 && this.#bytes > MAX_IDLE_BYTES) {
      ftruncateSync(this.#file, 0);
      this.#bytes = 0;
    }
  }

  /** What is done afterwards is not written: it will be done again. */
  close(): void {
    this.#isOpen = false;
    closeSync(this.#file);
  }

  #write(line: Line<Entry>): void {
    if (!this.#isOpen) return;
    this.#bytes += writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

function readPending<Entry>(path: string, parse: (value: unknown) => Entry): Map<string, Entry> {
  const pending = new Map<string, Entry>();
  for (const text of readLines(path)) {
    let line: Line<unknown>;
    try {
      line = JSON.parse(text);
    } catch {
      // Half a line: the process was killed while it wrote, so nobody was told that this was accepted.
      continue;
    }
    if ("done" in line) pending.delete(line.done);
    else pending.set(line.id, parse(line.put));
  }
  return pending;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
