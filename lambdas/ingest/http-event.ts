import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { RequestBody } from "../json-body.ts";

/** The event of an HTTP API, with what its Lambda authorizer found. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  readonly requestContext: { readonly authorizer?: { readonly lambda?: unknown } };
};

export function isHttpEvent(event: unknown): event is HttpEvent {
  return typeof event === "object" && event !== null && "requestContext" in event && "rawPath" in event;
}

/** A gateway hands on what it takes for text as it is, and bytes in base64. */
export function bodyOf(event: HttpEvent): RequestBody {
  return {
    contentType: event.headers["content-type"],
    contentEncoding: event.headers["content-encoding"],
    bytes: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
  };
}
