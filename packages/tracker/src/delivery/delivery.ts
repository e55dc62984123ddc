/** What takes metrics from the recorder, and sees that they arrive. */
export interface Delivery {
  /**
   * Takes one metric. It never throws, never waits and never grows without bound; when it returns, the metric outlives
   * the process where there is a directory to keep it in.
   *
   * @param line the JSON of the metric
   */
  add(line: string): void;
  /** Sends what there is. @returns when it has arrived, or cannot for now: then it is kept and tried again */
  flush(options?: FlushOptions): Promise<DeliveryStatistics>;
  /** Sends what there is and takes no more. What could not be sent stays in the spool, for the next process or `ai-usage sync`. */
  close(options?: FlushOptions): Promise<DeliveryStatistics>;
  readonly statistics: DeliveryStatistics;
}

export interface FlushOptions {
  /** @default 10000 */
  readonly timeoutMs?: number;
}

/**
 * Metrics of this process since it began, each counted in one of `delivered`, `rejected`, `dropped`, `handedOver`, `waiting`.
 */
export interface DeliveryStatistics {
  readonly recorded: number;
  readonly delivered: number;
  /** Refused for good; they are kept in the spool's `rejected.jsonl`. */
  readonly rejected: number;
  /** Lost: neither memory nor disk had room. */
  readonly dropped: number;
  /** Another process found them in the spool and sends them: this one had shown no sign of life, as after a sleep. */
  readonly handedOver: number;
  /** In memory or on disk. */
  readonly waiting: number;
  /** Of those that wait, on disk only. */
  readonly spilled: number;
  /** Metrics of processes that ended before they could send them, delivered by this one. They are in no other figure. */
  readonly adopted: number;
}

/** What goes wrong outside the application's own calls; it is told, never thrown. */
export type TrackerProblem = {
  /**
   * `delivery`: metrics could not be sent for now · `rejected`: metrics were refused for good · `dropped`: metrics are lost ·
   * `spool`: the disk cannot be written · `recording`: a call could not be read · `budget`: budgets could not be asked ·
   * `callback`: a function that the application gave has failed
   */
  readonly kind: "delivery" | "rejected" | "dropped" | "spool" | "recording" | "budget" | "callback";
  /** How many metrics it is about, where it is about some. */
  readonly count?: number;
  readonly error: Error;
};
