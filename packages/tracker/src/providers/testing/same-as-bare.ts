import type { MetricInput } from "@ai-usage/client/leases";
import type { Behaviour } from "../../testing/provider-server/behaviour.ts";
import type { ProviderServer } from "../../testing/provider-server/provider-server.ts";
import { Tracker, type TrackerParts } from "../../tracker.ts";

/** A tracker whose metrics stay here. */
export function trackerInMemory(parts: Partial<TrackerParts> = {}): {
  readonly tracker: Tracker;
  readonly metrics: MetricInput[];
} {
  const metrics: MetricInput[] = [];
  const add = (line: string) => void metrics.push(JSON.parse(line));
  const tracker = new Tracker({
    delivery: { add } as TrackerParts["delivery"],
    onProblem: ({ error }) => {
      throw error;
    },
    defaults: {},
    streamUsage: "auto",
    ...parts,
  });
  return { tracker, metrics };
}

export interface Script<Client> {
  /** What becomes of the requests. */
  readonly behaviours?: readonly Behaviour[];
  readonly run: (client: Client, server: ProviderServer) => Promise<unknown>;
}

export interface Comparison {
  readonly bare: unknown;
  readonly wrapped: unknown;
  readonly metrics: readonly MetricInput[];
  /** How many requests the wrapped client made beyond those of the bare one. */
  readonly extraRequests: number;
}

/** Runs a script with a client as it is and with one that is wrapped, and tells what each of them saw. */
export async function compared<Client extends object>(
  server: ProviderServer,
  newClient: () => Client,
  { behaviours = [], run }: Script<Client>,
): Promise<Comparison> {
  const { tracker, metrics } = trackerInMemory();
  const seen: { outcome: unknown; requests: number }[] = [];
  for (const client of [newClient(), tracker.wrap(newClient())]) {
    server.reset();
    server.next(...behaviours);
    const outcome = await outcomeOf(() => run(client, server));
    seen.push({ outcome, requests: server.requests.length });
  }
  const [bare, wrapped] = seen;
  return {
    bare: bare?.outcome,
    wrapped: wrapped?.outcome,
    metrics: metrics.map(withoutZeros),
    extraRequests: (wrapped?.requests ?? 0) - (bare?.requests ?? 0),
  };
}

/** What was not used says nothing in a test. */
function withoutZeros({ usage = {}, ...metric }: MetricInput): MetricInput {
  return { ...metric, usage: Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0)) };
}

async function outcomeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: comparable(await run()) };
  } catch (error) {
    return { error: comparableError(error) };
  }
}

function comparableError(error: unknown): unknown {
  if (!(error instanceof Error)) return comparable(error);
  const own = Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]),
  );
  const { stack: _stack, headers: _headers, cause, ...others } = own;
  return {
    ...(comparable({ ...others, class: error.constructor.name, name: error.name }) as object),
    ...(cause instanceof Error && { cause: cause.constructor.name }),
  };
}

/** Ids and times of a server differ from request to request. */
function comparable(value: unknown): unknown {
  if (value === undefined) return "(undefined)";
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => {
    if (/^(created|created_at|completed_at)$/.test(name)) return "(time)";
    if (typeof member !== "string") return member;
    return member
      .replace(ID, "$1(id)")
      .replace(/"created":\d+/g, '"created":(time)')
      .replace(/127\.0\.0\.1:\d+/g, "(server)");
  });
}

const ID =
  /\b(chatcmpl-|msg_|resp_|req_|call_|fc_|rs_|ws_|srvtoolu_|toolu_|msgbatch_|batch_|file-)[A-Za-z0-9_]{8,}/g;
