const JITTER = 0.1;

/**
 * Does something now, and again and again after it was done. It keeps no process running.
 *
 * @param work never rejects
 * @returns what ends it
 */
export function repeatedly(everyMs: number, work: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const go = async () => {
    await work();
    if (isEnded) return;
    // Many processes that began at once do not ask at once for ever.
    const ms = everyMs * (1 + JITTER * (2 * Math.random() - 1));
    timer = setTimeout(() => void go(), ms);
    timer.unref();
  };
  void go();
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
