import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Delivery, TrackerProblem } from "../delivery.ts";
import { httpTransport } from "../http-transport.ts";
import { type DeliveryOptions, startDelivery } from "../start-delivery.ts";
import type { IngestServer } from "./ingest-server.ts";

export const TOKEN = "aiu_0123456789ab_secret";

/** A metric as the recorder makes them: some 300 bytes. */
export function lineOf(id: string, atMs = Date.now()): string {
  return JSON.stringify({
    request_id: id,
    service: "openai",
    model: "gpt-4o-2024-08-06",
    operation: "chat.completions",
    timestamp: new Date(atMs).toISOString(),
    usage: { input: 1200, cache_read: 600, output: 310 },
    latency_ms: 812,
    team: "growth",
    feature: "search",
    environment: "production",
    metadata: { department: "sales" },
  });
}

export interface Setting {
  readonly delivery: Delivery;
  readonly spool: string;
  readonly problems: TrackerProblem[];
  /** Ids of what was added. */
  readonly ids: string[];
  add(count: number): void;
}

const settings: { readonly delivery: Delivery; readonly spool: string }[] = [];

/** A delivery to `server` with a spool of its own, that comes back fast after a failure. */
export function aDelivery(
  server: Pick<IngestServer, "url">,
  options: Partial<DeliveryOptions> = {},
): Setting {
  const spool = mkdtempSync(join(tmpdir(), "spool-"));
  const problems: TrackerProblem[] = [];
  const ids: string[] = [];
  const delivery = startDelivery({
    spoolDirectory: spool,
    backOff: { firstMs: 1, maxMs: 20 },
    onProblem: (problem) => problems.push(problem),
    ...options,
    transport: options.transport ?? httpTransport({ apiUrl: server.url, token: TOKEN }),
  });
  settings.push({ delivery, spool });
  const add = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const id = `call-${ids.length}`;
      ids.push(id);
      delivery.add(lineOf(id));
    }
  };
  return { delivery, spool, problems, ids, add };
}

/** Ends all deliveries that a test began, and removes their spools. */
export async function endDeliveries(): Promise<void> {
  for (const { delivery, spool } of settings.splice(0)) {
    await delivery.close({ timeoutMs: 0 });
    rmSync(spool, { recursive: true, force: true });
  }
}

/** Names of all segments in a spool. */
export function segmentsIn(spool: string): string[] {
  const names = readdirSync(spool, { recursive: true }) as string[];
  return names.filter((name) => /\d+\.jsonl$/.test(name)).map((name) => join(spool, name));
}
