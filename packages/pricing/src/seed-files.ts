import anthropic from "../data/seed/anthropic.json" with { type: "json" };
import azure from "../data/seed/azure.json" with { type: "json" };
import bedrock from "../data/seed/bedrock.json" with { type: "json" };
import cerebras from "../data/seed/cerebras.json" with { type: "json" };
import cohere from "../data/seed/cohere.json" with { type: "json" };
import deepseek from "../data/seed/deepseek.json" with { type: "json" };
import fireworks from "../data/seed/fireworks.json" with { type: "json" };
import google from "../data/seed/google.json" with { type: "json" };
import groq from "../data/seed/groq.json" with { type: "json" };
import minimax from "../data/seed/minimax.json" with { type: "json" };
import mistral from "../data/seed/mistral.json" with { type: "json" };
import moonshotai from "../data/seed/moonshotai.json" with { type: "json" };
import novita from "../data/seed/novita.json" with { type: "json" };
import openai from "../data/seed/openai.json" with { type: "json" };
import perplexity from "../data/seed/perplexity.json" with { type: "json" };
import together from "../data/seed/together.json" with { type: "json" };
import voyageai from "../data/seed/voyageai.json" with { type: "json" };
import xai from "../data/seed/xai.json" with { type: "json" };
import zai from "../data/seed/zai.json" with { type: "json" };

/** Imported from @pydantic/genai-prices by `npm run prices:update`: not checked against the providers' pages. */
export const seedFiles: readonly unknown[] = [
  anthropic,
  azure,
  bedrock,
  cerebras,
  cohere,
  deepseek,
  fireworks,
  google,
  groq,
  minimax,
  mistral,
  moonshotai,
  novita,
  openai,
  perplexity,
  together,
  voyageai,
  xai,
  zai,
];
