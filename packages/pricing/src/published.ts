import anthropic from "../data/anthropic.json" with { type: "json" };
import bedrock from "../data/bedrock.json" with { type: "json" };
import cohere from "../data/cohere.json" with { type: "json" };
import deepseek from "../data/deepseek.json" with { type: "json" };
import google from "../data/google.json" with { type: "json" };
import googlePlaces from "../data/google-places.json" with { type: "json" };
import groq from "../data/groq.json" with { type: "json" };
import openai from "../data/openai.json" with { type: "json" };
import vertex from "../data/vertex.json" with { type: "json" };
import xai from "../data/xai.json" with { type: "json" };

/** Read in the providers' own pages as far as a row says `verified`. They are asked before the seed. */
export const curatedFiles: readonly unknown[] = [
  openai,
  anthropic,
  google,
  googlePlaces,
  vertex,
  bedrock,
  xai,
  deepseek,
  groq,
  cohere,
];

export { seedFiles } from "./seed-files.ts";
