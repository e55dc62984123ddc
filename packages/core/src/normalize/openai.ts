export { openAISpeech, openAITranscription } from "./openai-audio.ts";
export { openAIChat } from "./openai-chat.ts";
export { openAIEmbeddings } from "./openai-embeddings.ts";
export { openAIImages } from "./openai-images.ts";
export { openAIResponses } from "./openai-responses.ts";
