import { testTracker } from "../../testing/test-tracker.ts";

// A program of its own: what compiles the tests leaves decorators as they are, which Node does not read.
const { tracker, metrics } = testTracker();

export class Forge {
  readonly #heat = 7;

  @tracker.tracked({ service: "acme", model: "anvil-1", operation: "forge" })
  async strike(times: number): Promise<number> {
    return this.#heat * times;
  }

  @tracker.tracked({ service: "acme", operation: "count", usage: (blows: number) => ({ x_blows: blows }) })
  static count(blows: number): number {
    return blows;
  }

  @tracker.tracked({ service: "acme", operation: "spark" })
  async *sparks(count: number): AsyncGenerator<number> {
    for (let spark = 0; spark < count; spark += 1) yield spark;
  }
}

const forge = new Forge();
const results: unknown[] = [await forge.strike(3), Forge.count(5)];
for await (const spark of forge.sparks(2)) results.push(spark);
await tracker.flush();
process.stdout.write(JSON.stringify({ results, metrics, name: forge.strike.name }));
