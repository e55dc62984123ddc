import type { CallStart } from "../recording/call.ts";

/** `gpt-4o-2024-08-06` and `claude-sonnet-4-5-20250929` are snapshots of what stands in a tier. */
export const undated = (model: string): string => model.replace(/-\d{4}-?\d{2}-?\d{2}$/, "");

export function modelOf({ model, request }: CallStart): string | undefined {
  if (model !== undefined) return model;
  const asked =
    typeof request === "object" && request !== null && "model" in request ? request.model : undefined;
  return typeof asked === "string" ? asked : undefined;
}
