import { type Channel, epochMsOf, type Instant } from "@ai-usage/core";
import { listChannels, type Table } from "@ai-usage/store";

export interface ChannelSourceOptions {
  /** Channels that are no items. */
  readonly builtIn: readonly Channel[];
  readonly refreshSeconds: number;
}

/** The channels of a table, as they were no longer ago than the time between two looks. One for each table and process. */
export class ChannelSource {
  readonly #table: Table;
  readonly #builtIn: readonly Channel[];
  readonly #refreshMs: number;
  #channels: Promise<readonly Channel[]> | undefined;
  #readAt = 0;

  constructor(table: Table, { builtIn, refreshSeconds }: ChannelSourceOptions) {
    this.#table = table;
    this.#builtIn = builtIn;
    this.#refreshMs = refreshSeconds * 1000;
  }

  /** Those that are active. Who asks meanwhile waits for the same answer. */
  current(now: Instant): Promise<readonly Channel[]> {
    const at = epochMsOf(now);
    if (this.#channels === undefined || Math.abs(at - this.#readAt) >= this.#refreshMs) {
      this.#readAt = at;
      const reading = this.#read();
      reading.catch(() => {
        // Not kept: the next one who asks reads again.
        if (this.#channels === reading) this.#channels = undefined;
      });
      this.#channels = reading;
    }
    return this.#channels;
  }

  async find(channelId: string, now: Instant): Promise<Channel | undefined> {
    return (await this.current(now)).find((channel) => channel.channelId === channelId);
  }

  /** The next one who asks sees what has just been changed. */
  forget(): void {
    this.#channels = undefined;
  }

  async #read(): Promise<readonly Channel[]> {
    const stored = await listChannels(this.#table);
    return [...this.#builtIn, ...stored.filter(({ active }) => active)];
  }
}
