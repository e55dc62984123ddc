import { cohere } from "@ai-usage/core/normalize/cohere";
import type { CallFormat } from "../recording/call.ts";

/** Answers of Cohere's own interface, version 1 or 2. */
export const COHERE_CHAT: CallFormat = { usage: cohere };
