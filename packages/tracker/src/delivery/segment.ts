/**
 * A run of metrics that is kept, sent and removed together. Its first line without an outcome is where sending goes on; what
 * becomes of single lines is not written down, since sent twice they count once.
 */
export interface Segment {
  /** Nothing while it is on disk alone. */
  lines: string[] | undefined;
  /** Of an adopted one not known before it is read. */
  count: number;
  /** Of its lines in memory, in characters. */
  length: number;
  file: string | undefined;
  fileBytes: number;
  /** Whether every line is in the file: only then may memory forget them. */
  isFileComplete: boolean;
  /** Whether the timestamps are by the other side's clock. */
  isCorrected: boolean;
  /** Recorded by this process, and not by one that ended. */
  readonly isOwn: boolean;
  /** Lines before it have their outcome. */
  next: number;
  /** Lines before it may have been stored, though no answer said so. */
  sentUpTo: number;
}

export const ownSegment = (): Segment => ({
  lines: [],
  count: 0,
  length: 0,
  file: undefined,
  fileBytes: 0,
  isFileComplete: false,
  isCorrected: false,
  isOwn: true,
  next: 0,
  sentUpTo: 0,
});

export const adoptedSegment = ({ path, bytes }: { path: string; bytes: number }): Segment => ({
  ...ownSegment(),
  lines: undefined,
  file: path,
  fileBytes: bytes,
  isFileComplete: true,
  isOwn: false,
  // Whoever recorded them may have sent them all.
  sentUpTo: Number.POSITIVE_INFINITY,
});
