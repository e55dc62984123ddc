import type { TrackerProblem } from "../delivery/delivery.ts";
import type { Recorder } from "../recording/call.ts";

/** How the clients of one SDK are wrapped. */
export interface Provider {
  /** Told by what a client has, not by its class: there may be several versions of one SDK in a process. */
  recognizes(client: object): boolean;
  /** Makes the client itself tell of its billable calls. It goes on as before in every other respect. */
  instrument(client: object, wiring: ProviderWiring): void;
}

export interface ProviderWiring {
  readonly recorder: Recorder;
  /** Who bills, where the client cannot tell. */
  readonly service?: string;
  /**
   * Whether streams are asked to tell their usage, where that takes an extra word in the request. `auto`: of providers that
   * are known to take it.
   */
  readonly streamUsage: "auto" | "always" | "never";
  readonly onProblem: (problem: TrackerProblem) => void;
}
