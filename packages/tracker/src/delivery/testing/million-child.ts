import { httpTransport } from "../http-transport.ts";
import { startDelivery } from "../start-delivery.ts";
import { lineOf, TOKEN } from "./delivery-setting.ts";

/**
 * An application that makes very many calls while the other side is down, says so, and then waits until all have arrived.
 * Arguments: address, spool, calls.
 */
const [apiUrl = "", spoolDirectory = "", calls = "0"] = process.argv.slice(2);

const delivery = startDelivery({
  transport: httpTransport({ apiUrl, token: TOKEN }),
  spoolDirectory,
  backOff: { firstMs: 1, maxMs: 100 },
});

const [before = "", after = ""] = lineOf("ID").split("ID");
const CALLS_A_TURN = 5_000;
for (let call = 0; call < Number(calls); call += 1) {
  delivery.add(`${before}${call}${after}`);
  if (call % CALLS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(`${JSON.stringify(delivery.statistics)}\n`);
process.stdin.once("data", async () => {
  for (let waiting = 1; waiting > 0; ) ({ waiting } = await delivery.flush({ timeoutMs: 60_000 }));
  process.stdout.write(`${JSON.stringify(await delivery.close())}\n`, () => process.exit());
});
