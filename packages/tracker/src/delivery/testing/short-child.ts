import { httpTransport } from "../http-transport.ts";
import { startDelivery } from "../start-delivery.ts";
import { lineOf, TOKEN } from "./delivery-setting.ts";

/** An application that makes three calls, and has nothing else to do. Arguments: address, spool, or none. */
const [apiUrl = "", spool = ""] = process.argv.slice(2);

const delivery = startDelivery({
  transport: httpTransport({ apiUrl, token: TOKEN }),
  spoolDirectory: spool || false,
  flushAfterMs: 1_000_000,
  backOff: { firstMs: 1, maxMs: 10 },
  onProblem: ({ kind, count }) => process.stdout.write(`${kind} ${count}\n`),
});
for (const id of ["a", "b", "c"]) delivery.add(lineOf(id));
