export type { CliParts, Io } from "./context.ts";
export { createProgram, run } from "./main.ts";
