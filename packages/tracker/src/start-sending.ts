import { existsSync } from "node:fs";
import type { ApiAddress } from "./api-address.ts";
import type { Delivery, TrackerProblem } from "./delivery/delivery.ts";
import { httpTransport } from "./delivery/http-transport.ts";
import { defaultSpoolDirectory, spoolPlace } from "./delivery/spool-directory.ts";
import { startDelivery } from "./delivery/start-delivery.ts";
import type { Environment } from "./environment/environment.ts";
import { type FarSide, standingFor, unknownDestination } from "./far-side.ts";

export interface SendingOptions extends FarSide {
  readonly onProblem: (problem: TrackerProblem) => void;
  readonly spoolDirectory?: string | false;
  readonly flush?: { readonly afterMs?: number; readonly afterMetrics?: number };
  readonly env: Environment;
  readonly cwd: string;
}

/** Begins to take metrics, and sends what was metered here before, while no API was known. */
export function startSending(options: SendingOptions): Delivery {
  const { transport, takesWhatWaited, env, spoolDirectory, flush: { afterMs, afterMetrics } = {} } = options;
  if (takesWhatWaited) sendWhatWaited(options);
  return startDelivery({
    ...{ transport, env, onProblem: tellingOnce(options) },
    ...(spoolDirectory !== undefined && { spoolDirectory }),
    ...(afterMs !== undefined && { flushAfterMs: afterMs }),
    ...(afterMetrics !== undefined && { flushAfterLines: afterMetrics }),
  });
}

export interface OutcomeSendingOptions
  extends Pick<SendingOptions, "onProblem" | "spoolDirectory" | "env">,
    Partial<ApiAddress> {}

/** Begins to take outcomes: a tracker of calls alone has nothing to do with them. */
export function startSendingOutcomes(options: OutcomeSendingOptions): Delivery {
  const { apiUrl = "", token = "", env, spoolDirectory, onProblem } = options;
  return startDelivery({
    ...{ transport: httpTransport({ apiUrl, token, stored: "outcomes" }), env, onProblem },
    ...(spoolDirectory !== undefined && { spoolDirectory }),
  });
}

function sendWhatWaited({ transport, onProblem, env, cwd, spoolDirectory }: SendingOptions): void {
  const directory = spoolDirectory ?? defaultSpoolDirectory(env);
  if (directory === false || !existsSync(spoolPlace(directory, unknownDestination(cwd)).directory)) return;
  import("./delivery/sync.ts")
    .then(({ syncSpool }) => syncSpool({ directory, transport: standingFor(() => transport, cwd) }))
    .catch((error: unknown) =>
      onProblem({ kind: "delivery", error: error instanceof Error ? error : new Error(String(error)) }),
    );
}

/** That no API is known stays so until somebody does something: to be told of it once is enough. */
function tellingOnce({ onProblem, transport, cwd }: SendingOptions): (problem: TrackerProblem) => void {
  if (transport.destination !== unknownDestination(cwd).destination) return onProblem;
  let isTold = false;
  return (problem) => {
    if (problem.kind === "delivery" && isTold) return;
    isTold ||= problem.kind === "delivery";
    onProblem(problem);
  };
}
