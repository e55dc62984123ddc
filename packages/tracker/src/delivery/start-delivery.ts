import type { BackOffOptions } from "./back-off.ts";
import type { Delivery, TrackerProblem } from "./delivery.ts";
import { QueuedDelivery } from "./queued-delivery.ts";
import { Spool } from "./spool.ts";
import { defaultSpoolDirectory, spoolPlace } from "./spool-directory.ts";
import type { Transport } from "./transport.ts";

export interface DeliveryOptions {
  readonly transport: Transport;
  /**
   * Where metrics are kept until they have arrived, so that they outlive the process; several may share it. `false`: in memory
   * alone. @default AI_USAGE_SPOOL_DIR, or `ai-usage-spool-<uid>` in the system's temporary directory
   */
  readonly spoolDirectory?: string | false;
  /** Most bytes in it. @default 1 GB, in AWS Lambda 256 MB */
  readonly spoolBytesMax?: number;
  /** Most metrics in memory. @default 5000 */
  readonly memoryLinesMax?: number;
  /** Most characters of metrics in memory. @default 2000000 */
  readonly memoryLengthMax?: number;
  /** How long a metric may wait for company. @default 1000 */
  readonly flushAfterMs?: number;
  /** Of so many metrics none waits for company. @default 500, which is as many as go at once */
  readonly flushAfterLines?: number;
  readonly backOff?: BackOffOptions;
  readonly onProblem?: (problem: TrackerProblem) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const GB = 1024 ** 3;

/**
 * Begins to take metrics, and to send what earlier processes left. Metrics are in the spool when {@link Delivery.add}
 * returns, are sent in batches in the background, and leave the spool when the other side has them.
 */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { transport, env = process.env, now = Date.now } = options;
  const isLambda = env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  const onProblem = safely(options.onProblem);
  const root = spoolRoot(options, env);
  const spool =
    root === false
      ? undefined
      : new Spool({
          place: spoolPlace(root, transport),
          bytesMax: options.spoolBytesMax ?? (isLambda ? GB / 4 : GB),
          now,
          onProblem: (error) => onProblem({ kind: "spool", error }),
        });
  return new QueuedDelivery({
    transport,
    spool,
    now,
    onProblem,
    backOff: options.backOff ?? {},
    linesMax: options.memoryLinesMax ?? 5_000,
    lengthMax: options.memoryLengthMax ?? 2_000_000,
    flushAfterMs: options.flushAfterMs ?? 1_000,
    flushAfterLines: options.flushAfterLines ?? 500,
  });
}

/** What has no destination of its own is somebody's transport for tests: no other process shall send to it. */
function spoolRoot(
  { transport, spoolDirectory }: DeliveryOptions,
  env: Readonly<Record<string, string | undefined>>,
): string | false {
  if (spoolDirectory !== undefined) return spoolDirectory;
  return transport.destination !== undefined && defaultSpoolDirectory(env);
}

/** Whoever is told of a problem must not make another one. */
function safely(tell: DeliveryOptions["onProblem"]): (problem: TrackerProblem) => void {
  return (problem) => {
    try {
      tell?.(problem);
    } catch {
      // There is nobody else to tell.
    }
  };
}
