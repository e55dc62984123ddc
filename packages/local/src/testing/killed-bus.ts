// Run by a test as a process of its own, which it then kills: a bus whose function never comes to an end.
import { join } from "node:path";
import { EventBuses } from "../services/event-bridge/event-bus.ts";
import { AsyncInvocations } from "../services/lambda/async-invocations.ts";
import { Queues } from "../services/sqs.ts";
import { alertBus } from "./alert-bus.ts";

const [, , state = ""] = process.argv;
const stack = alertBus();
const invocations = new AsyncInvocations({
  stack,
  invoke: () => new Promise(() => {}),
  queues: new Queues(stack, join(state, "queues")),
  journalFile: join(state, "journal.jsonl"),
  log: () => {},
});
invocations.start();
new EventBuses(stack, invocations).put({
  source: "ai-usage",
  detailType: "Crossed",
  detail: { n: 1 },
  resources: [],
  time: new Date(),
  busName: "alerts",
});
console.log("accepted");
setInterval(() => {}, 1_000);
