export { geminiEmbeddings } from "./gemini-embeddings.ts";
export { geminiGenerateContent } from "./gemini-generate-content.ts";
