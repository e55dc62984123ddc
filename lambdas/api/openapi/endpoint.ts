import type { TokenRole } from "@ai-usage/core";
import type * as z from "zod";

/** What a request to a path does, as the document of the API tells it and as tests hold the answers to it. */
export interface Endpoint {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** `/budgets/{id}` */
  readonly path: string;
  /** Names it for generated clients: unique, camel case. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** What its token must be allowed. Absent: no token is asked for. */
  readonly role?: TokenRole;
  /** It takes a token that is not limited to scopes. */
  readonly unlimited?: boolean;
  /** What stands in the place of each name in the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** The body and the answers may be in this encoding too, with the same meaning. */
  readonly otherMediaType?: string;
  /** By status; a refusal that every request may get stands here when its shape is another one. */
  readonly answers: Readonly<Record<number, EndpointAnswer>>;
  /** What refusals mean beside those that every request may get, by status. */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface EndpointAnswer {
  readonly means: string;
  readonly schema: z.ZodType;
  readonly example?: unknown;
}

/** Endpoints about one thing, as a page of a manual has them. */
export interface EndpointGroup {
  readonly name: string;
  readonly description: string;
  readonly endpoints: readonly Endpoint[];
}
