export { anthropicBatchLine } from "./anthropic-batch-line.ts";
export { openAIBatchLine } from "./openai-batch-line.ts";
