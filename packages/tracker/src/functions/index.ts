export { ANTHROPIC_MESSAGES } from "../providers/anthropic/formats.ts";
export { BEDROCK_CONVERSE } from "../providers/bedrock/formats.ts";
export { GEMINI_CONTENT, GEMINI_EMBEDDINGS } from "../providers/google/formats.ts";
export {
  OPENAI_CHAT,
  OPENAI_EMBEDDINGS,
  OPENAI_IMAGES,
  OPENAI_RESPONSES,
  OPENAI_SPEECH,
  OPENAI_TRANSCRIPTION,
} from "../providers/openai/formats.ts";
export type { CallFormat } from "../recording/call.ts";
export type { PlaceOperation } from "./google-places.ts";
export {
  type PlacesOptions,
  trackAnthropicMessage,
  trackGooglePlaces,
  trackOpenAICompletion,
} from "./known-functions.ts";
export { COHERE_CHAT } from "./other-formats.ts";
