export * from "./restate.ts";
export type { StoredRestatement } from "./restatement-item.ts";
export {
  createRestatement,
  findRestatement,
  listRestatements,
  listRunningRestatements,
  type RestatementProgress,
  restatementProgress,
} from "./restatements.ts";
