import { startLoadTarget } from "./load-target.ts";

/** A process of its own, for benchmarks: tells where it listens in one line, `{"url":"http://127.0.0.1:49152"}`. */
const target = await startLoadTarget(Number(process.env.PORT ?? 0));
console.log(JSON.stringify({ url: target.url }));
