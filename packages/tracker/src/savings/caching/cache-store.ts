/** Where answers are kept: memory, Redis, a table. Its keys are hashes, its values JSON text; both say nothing of who asked what. */
export interface CacheStore {
  get(key: string): Promise<string | undefined>;
  /** @param ttlSeconds after which it may be forgotten; it is not used any more then, even if it is still there */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface MemoryStoreOptions {
  /** @default 1000 */
  readonly maxEntries?: number;
  /** Of keys and values as UTF-8. A value that is larger by itself is not kept. @default 64 MiB */
  readonly maxBytes?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

interface Entry {
  readonly value: string;
  readonly bytes: number;
  readonly expiresAt: number;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Keeps answers in this process; the ones that were not used for longest give way. */
export function memoryStore({
  maxEntries = 1_000,
  maxBytes = MAX_BYTES,
  now = Date.now,
}: MemoryStoreOptions = {}): CacheStore {
  // A map keeps the order in which members came: the first is the one that was used least recently.
  const entries = new Map<string, Entry>();
  let bytesKept = 0;
  const remove = (key: string) => {
    bytesKept -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  const makeRoom = () => {
    for (const key of entries.keys()) {
      if (entries.size <= maxEntries && bytesKept <= maxBytes) return;
      remove(key);
    }
  };
  return {
    get: async (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.expiresAt <= now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set: async (key, value, ttlSeconds) => {
      remove(key);
      const bytes = Buffer.byteLength(key) + Buffer.byteLength(value);
      if (bytes > maxBytes) return;
      entries.set(key, { value, bytes, expiresAt: now() + ttlSeconds * 1_000 });
      bytesKept += bytes;
      makeRoom();
    },
    delete: async (key) => remove(key),
  };
}
