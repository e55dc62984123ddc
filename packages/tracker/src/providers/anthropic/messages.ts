import type { Recorder } from "../../recording/call.ts";
import { MessageBatches } from "./batches.ts";
import { AnthropicEndpoints } from "./endpoints.ts";

/** What reads the calls of a client: of messages, and of batches of them. */
export function messageReaders(recorder: Recorder, service: string) {
  const batches = new MessageBatches(recorder, service);
  return { batches, endpoints: new AnthropicEndpoints(service, batches) };
}
