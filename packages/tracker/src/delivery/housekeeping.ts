import type { Spool } from "./spool.ts";
import { HEARTBEAT_MS } from "./spool-owner.ts";

const ADOPT_FIRST_MS = 1_000;
const ADOPT_MS = 60_000;

type Files = Awaited<ReturnType<Spool["adopt"]>>;

/**
 * What a process does in its part of a spool besides writing: it shows that it lives, and takes over what others that
 * ended have left. It keeps no process alive.
 * @returns what ends it
 */
export function keepHouse(spool: Spool, take: (files: Files) => void): () => void {
  const adopt = () => void spool.adopt().then((files) => files.length > 0 && take(files));
  const timers = [
    setTimeout(adopt, ADOPT_FIRST_MS),
    setInterval(adopt, ADOPT_MS),
    setInterval(() => spool.touch(), HEARTBEAT_MS),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
