import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What came to a {@link Receiver}. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: {
    readonly alert?: { readonly alert_id: string };
    readonly alerts?: readonly { readonly alert_id: string }[];
    readonly delivery: {
      readonly id: string;
      readonly reason: string;
      readonly attempt: number;
      readonly test?: boolean;
    };
  };
}

/** A server that channels send to. */
export interface Receiver {
  /** `http://127.0.0.1:1234`: what a channel may be let through to by name. */
  readonly origin: string;
  readonly received: Received[];
  /** Statuses of the next answers; then 200 again. */
  readonly answers: number[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, answers, close };
}

/** Ids of the alerts that a message tells of. */
export const toldIn = ({ body: { alert, alerts = alert ? [alert] : [] } }: Received): string[] =>
  alerts.map(({ alert_id: alertId }) => alertId).sort();
