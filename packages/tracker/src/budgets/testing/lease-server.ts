import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { BudgetedCall, LeaseInput, SpentInput } from "@ai-usage/client/leases";
import { parseFixedPoint } from "@ai-usage/core/exact";

/** One budget of money that all calls fall under, in cents, behind the API's routes for leases. */
export interface LeaseServer {
  readonly url: string;
  /** What is neither spent nor reserved. */
  leftCents: number;
  readonly failMode: "open" | "closed";
  /** While it is away, connections are cut. */
  isAway: boolean;
  readonly acquired: readonly LeaseInput[];
  readonly closed: readonly { readonly id: string; readonly spentUsd: string }[];
  close(): Promise<void>;
}

export interface GivenLeaseServer {
  readonly leftCents: number;
  /** What a call of a model takes at most, by the model's name. @default 10 */
  readonly perCallCents?: Readonly<Record<string, number>>;
  readonly failMode?: "open" | "closed";
  readonly retryAfterSeconds?: number;
  /** Calls of a lease at most. @default 1 */
  readonly grantMax?: number;
}

const PER_CALL_CENTS = 10;
const usd = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
/** 10⁻² of 10¹⁸. */
const CENT = 10n ** 16n;
const cents = (amount: SpentInput["cost_usd"]): number => {
  const exact = parseFixedPoint(String(amount)) ?? 0n;
  return Number((exact + CENT / 2n) / CENT);
};

export async function startLeaseServer(given: GivenLeaseServer): Promise<LeaseServer> {
  const { perCallCents = {}, failMode = "open", retryAfterSeconds = 1, grantMax = 1 } = given;
  const acquired: LeaseInput[] = [];
  const closed: { id: string; spentUsd: string }[] = [];
  const granted = new Map<string, number>();
  const costOf = ({ model = "" }: BudgetedCall) => perCallCents[model] ?? PER_CALL_CENTS;

  const acquire = (input: LeaseInput) => {
    acquired.push(input);
    const perCall = costOf(input.call);
    const calls = Math.min(input.calls ?? 1, grantMax, Math.floor(state.leftCents / perCall));
    if (calls === 0) return { status: 402, body: exhausted(retryAfterSeconds) };
    const lease_id = `lea_${acquired.length}`;
    state.leftCents -= calls * perCall;
    granted.set(lease_id, calls * perCall);
    return { status: 201, body: { lease_id, ...leaseOf({ calls, perCall, failMode }) } };
  };
  const close = (id: string, spent: SpentInput = { cost_usd: "0" }) => {
    state.leftCents += (granted.get(id) ?? 0) - cents(spent.cost_usd);
    granted.delete(id);
    closed.push({ id, spentUsd: String(spent.cost_usd) });
    return { status: 200, body: { lease_id: id } };
  };

  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    if (state.isAway) return void incoming.socket.destroy();
    const [, noun, id = ""] = (incoming.url ?? "").split("/");
    // Metrics, say: those who want them listen to the tracker.
    if (noun !== "leases") return void outgoing.writeHead(404).end();
    const answer =
      id === "" ? acquire(body as LeaseInput) : close(id, (body as { spent?: SpentInput }).spent);
    outgoing.writeHead(answer.status, { "content-type": "application/json" });
    outgoing.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const state: LeaseServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ leftCents: given.leftCents, failMode, isAway: false, acquired, closed },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return state;
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
}

interface Terms {
  readonly calls: number;
  readonly perCall: number;
  readonly failMode: string;
}

const leaseOf = ({ calls, perCall, failMode }: Terms) => ({
  ...{ state: "open", calls, estimated: false, fail_mode: failMode, consulted: [], would_have_refused: [] },
  per_call: { cost_usd: usd(perCall), tokens: "0", requests: "1" },
  granted: { cost_usd: usd(calls * perCall), tokens: "0", requests: String(calls) },
  budgets: [{ budget_id: "bud_1", unit: "usd", period_id: "2026", resets_at: IN_AN_HOUR(), held: "0" }],
  acquired_at: new Date().toISOString(),
  expires_at: IN_AN_HOUR(),
  unit_prices: { input: "0.0001", output: "0.001" },
});

const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000).toISOString();

const exhausted = (seconds: number) => ({
  ...{ type: "urn:ai-usage:problem:budget-exhausted", title: "Budget exhausted", status: 402 },
  ...{ detail: "nothing left", budgets: [], retry_after_seconds: seconds },
});
