export * from "./restate.ts";
export type { StoredRestatement } from "./restatement-item.ts";
export {
  createRestatement,
  findRestatement,
  listRestatements,
  type RestatementProgress,
  restatementProgress,
} from "./restatements.ts";
