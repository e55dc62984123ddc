import type { NormalizedUsage } from "@ai-usage/core/normalize";
import type { CallEnd, CallStart, StreamGatherer } from "../recording/call.ts";
import type { ToldUsage } from "./tracked-function.ts";

export type ReadUsage = (result: unknown) => ToldUsage | undefined;

/** Looks at what a function's result is made of, as it passes. */
export function partGatherer(start: CallStart, usage: ReadUsage | undefined): StreamGatherer {
  if (usage !== undefined) return new ToldParts(usage);
  return start.format?.parts?.(start) ?? new LastPart();
}

class ToldParts implements StreamGatherer {
  readonly #usage: ReadUsage;
  #end: CallEnd = { reading: {} };

  constructor(usage: ReadUsage) {
    this.#usage = usage;
  }

  see(part: unknown): boolean {
    this.#end = toldEnd(this.#usage, part) ?? this.#end;
    return true;
  }

  answer(): unknown {
    return undefined;
  }

  end(): CallEnd {
    return this.#end;
  }
}

class LastPart implements StreamGatherer {
  /** Null is an answer too: a stream without parts is one request. */
  #last: unknown = null;

  see(part: unknown): boolean {
    this.#last = part;
    return true;
  }

  answer(): unknown {
    return this.#last;
  }
}

/** What is told of a result. A function of the application's that fails is not to fail the call. */
export function toldEnd(usage: ReadUsage, result: unknown): CallEnd | undefined {
  try {
    const told = usage(result);
    return told === undefined ? undefined : { reading: isReading(told) ? told : { usage: told } };
  } catch (error) {
    const name = error instanceof Error ? error.name : "error";
    return { reading: { usageProblems: [`what reads the usage of the function failed: ${name}`] } };
  }
}

function isReading(told: ToldUsage): told is Partial<NormalizedUsage> & Pick<NormalizedUsage, "usage"> {
  return "usage" in told;
}
