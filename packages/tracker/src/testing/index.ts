export type { Answer, AnswerUsage, ToolCall } from "./provider-server/answer.ts";
export type { BatchEnd } from "./provider-server/batches.ts";
export type { Behaviour, CutPlace, ErrorBehaviour } from "./provider-server/behaviour.ts";
export { startLoadTarget } from "./provider-server/load-target.ts";
export {
  type ProviderServer,
  type ProviderServerOptions,
  startProviderServer,
} from "./provider-server/provider-server.ts";
export type { ReceivedFile, ReceivedRequest } from "./provider-server/received-request.ts";
