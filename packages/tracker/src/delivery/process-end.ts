/** What has something to do before the process ends. */
export interface Leaving {
  /** Nothing else goes on: there is time to send what waits. */
  beforeExit(): void;
  /** The last moment, for what needs no waiting. */
  exit(): void;
}

const all = new Set<Leaving>();

const beforeExit = () => {
  for (const one of all) one.beforeExit();
};
const exit = () => {
  for (const one of all) one.exit();
};

/**
 * Is told when the process ends by itself. Nobody listens to signals: to do so would change what they do to the application,
 * and what waits is on disk.
 */
export function onProcessEnd(one: Leaving): () => void {
  if (all.size === 0) {
    process.on("beforeExit", beforeExit);
    process.on("exit", exit);
  }
  all.add(one);
  return () => {
    all.delete(one);
    if (all.size > 0) return;
    process.off("beforeExit", beforeExit);
    process.off("exit", exit);
  };
}
