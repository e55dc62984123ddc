import type { Readable } from "node:stream";
import { AIUsageClient, type Instant } from "@ai-usage/client";
import { findConnection } from "@ai-usage/client/connection";
import pc from "picocolors";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

/** What the program gets from the process that runs it. */
export interface CliParts {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: () => Instant;
  /** Names a metric that came without a `request_id`. */
  readonly randomId: () => string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** @default that of the client */
  readonly retryDelayMs?: number;
  /** Between questions about work that goes on. @default 1000 */
  readonly pollDelayMs?: number;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** How text for people is laid out. */
export interface Style {
  readonly colors: Colors;
  readonly columns: number;
  /** The width of the terminal. Absent where there is none: what a program reads is not cut. */
  readonly cutAt?: number;
}

/** What every command works with. */
export interface CommandContext extends CliParts {
  readonly style: Style;
  /** @throws NoConnectionError */
  connect(): AIUsageClient;
  /** To standard output, with an end of line. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** To standard error: what is not part of the answer. */
  note(text: string): void;
}

const COLUMNS_DEFAULT = 80;

export function createContext(parts: CliParts): CommandContext {
  const { stdout, stderr } = parts.io;
  const print = (text: string) => void stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return {
    ...parts,
    style: {
      colors: pc.createColors(hasColors(parts)),
      columns: stdout.columns || COLUMNS_DEFAULT,
      ...(stdout.isTTY === true && stdout.columns && { cutAt: stdout.columns }),
    },
    connect: () => {
      const { apiUrl, token } = findConnection(parts);
      return new AIUsageClient({ apiUrl, token, fetch: parts.fetch, retryDelayMs: parts.retryDelayMs });
    },
    print,
    printJson: (value) => print(JSON.stringify(value, null, 2)),
    note: (text) => void stderr.write(`${text}\n`),
  };
}

function hasColors({ io, env }: CliParts): boolean {
  return io.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}
