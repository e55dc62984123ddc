import { createInterface } from "node:readline";
import { httpTransport } from "../http-transport.ts";
import { startDelivery } from "../start-delivery.ts";
import { lineOf, TOKEN } from "./delivery-setting.ts";

/**
 * An application that records calls until it is killed, and says of each that it has been recorded. Arguments: address,
 * spool, prefix of the ids, calls at a time.
 */
const [apiUrl = "", spoolDirectory = "", prefix = "", size = "1"] = process.argv.slice(2);

const delivery = startDelivery({
  transport: httpTransport({ apiUrl, token: TOKEN }),
  spoolDirectory,
  flushAfterMs: 2,
  backOff: { firstMs: 1, maxMs: 10 },
});

let recorded = 0;
function record(): void {
  const ids: string[] = [];
  for (let index = 0; index < Number(size); index += 1) {
    recorded += 1;
    ids.push(`${prefix}-${recorded}`);
    delivery.add(lineOf(`${prefix}-${recorded}`));
  }
  process.stdout.write(`${ids.join("\n")}\n`, () => setImmediate(record));
}

createInterface({ input: process.stdin }).on("close", () => process.exit());
record();
