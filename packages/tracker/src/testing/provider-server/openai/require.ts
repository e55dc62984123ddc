import { type Exchange, Refusal } from "../reply.ts";

/** The model that a request names. */
export function requiredModel({ request: { body } }: Exchange): string {
  if (typeof body.model === "string") return body.model;
  throw new Refusal({ status: 400, message: "you must provide a model parameter" });
}
