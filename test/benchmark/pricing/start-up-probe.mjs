// Loads the bundle of a price library in a fresh process and prices a first call with it. As arguments: the bundle's
// path, and the call as JSON.
const [path, call] = process.argv.slice(2);

const memoryBefore = memory();
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const { library } = await import(path);
const cost = library.prepare(JSON.parse(call))();
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
const residentBytes = memory().resident - memoryBefore.resident;
const heapBytes = memory().heap - memoryBefore.heap;

process.stdout.write(
  JSON.stringify({ cost, cpuMs: (user + system) / 1000, wallMs, residentBytes, heapBytes }),
);

/** What is in use: garbage is collected first. */
function memory() {
  const resident = process.memoryUsage.rss();
  globalThis.gc();
  return { resident, heap: process.memoryUsage().heapUsed };
}
