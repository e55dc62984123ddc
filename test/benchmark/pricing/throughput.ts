import type { Cost, ModelCall, PriceLibrary } from "./price-library.ts";

export interface Contest {
  readonly libraries: readonly PriceLibrary[];
  /** All of which each library knows. */
  readonly calls: readonly ModelCall[];
  readonly rounds: number;
  /** Processor time of one library in one round, about. */
  readonly turnMs: number;
}

/** Of one library: a figure for each round. */
export interface Throughput {
  readonly library: string;
  /** Calls priced in a second of processor time. */
  readonly perCpuSecond: readonly number[];
  /** The first library's figure of the same round, divided by this one's. */
  readonly firstBeside: readonly number[];
  /** What it makes of all calls together, US dollars. */
  readonly total: number;
}

/**
 * Every library prices the same calls in every round, one after the other, beginning with another one each time: what
 * slows the machine for a while slows all of them. Processor time includes that of the garbage collector's threads.
 */
export function measureThroughput({ libraries, calls, rounds, turnMs }: Contest): Throughput[] {
  const runners = libraries.map((library) => new Runner(library, calls));
  for (const runner of runners) runner.warmUp(turnMs);
  const samples = runners.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const index = (round + turn) % runners.length;
      samples[index]?.push(runners[index]?.pricedPerCpuSecond() ?? Number.NaN);
    }
  }
  const [first = []] = samples;
  return runners.map(({ library, total }, index) => {
    const perCpuSecond = samples[index] ?? [];
    const firstBeside = perCpuSecond.map((value, round) => (first[round] ?? Number.NaN) / value);
    return { library: library.name, perCpuSecond, firstBeside, total };
  });
}

class Runner {
  readonly library: PriceLibrary;
  readonly total: number;
  readonly #prices: readonly (() => Cost)[];
  #passes = 1;

  constructor(library: PriceLibrary, calls: readonly ModelCall[]) {
    this.library = library;
    this.#prices = calls.map((call) => library.prepare(call));
    this.total = this.#prices.reduce((total, price, index) => total + costOf(price(), index, library), 0);
  }

  /** Finds how many passes over the calls take a turn, while everything gets compiled. */
  warmUp(turnMs: number): void {
    let cpuMs = this.#run();
    while (cpuMs < turnMs) {
      this.#passes *= 2;
      cpuMs = this.#run();
    }
    this.#passes = Math.max(1, Math.round((this.#passes * turnMs) / cpuMs));
    this.#run();
  }

  pricedPerCpuSecond(): number {
    return (this.#passes * this.#prices.length * 1000) / this.#run();
  }

  /** @returns processor time */
  #run(): number {
    const started = process.cpuUsage();
    let seen = 0;
    for (let pass = 0; pass < this.#passes; pass++) {
      for (const price of this.#prices) {
        const cost = price();
        // Every cost is used: what nobody uses may not be computed at all.
        seen += typeof cost === "string" ? cost.length : (cost ?? Number.NaN);
      }
    }
    const { user, system } = process.cpuUsage(started);
    if (!(seen > 0)) throw new Error(`${this.library.name} no longer knows a price that it knew before`);
    return (user + system) / 1000;
  }
}

function costOf(cost: Cost, index: number, { name }: PriceLibrary): number {
  if (cost === undefined) throw new Error(`${name} has no price for call ${index}, which all should have`);
  return Number(cost);
}
