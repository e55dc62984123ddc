export { type LocalStack, type LocalStackOptions, startLocalStack } from "./start.ts";
export type { Tokens } from "./tokens.ts";
