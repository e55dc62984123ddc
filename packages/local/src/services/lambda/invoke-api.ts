import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AsyncInvocations } from "./async-invocations.ts";
import { FunctionNotFoundError, type Functions } from "./functions.ts";

/** Quotas of Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SYNC_BYTES = 6 * 1024 * 1024;
const MAX_ASYNC_BYTES = 1024 * 1024;

/** Lambda's Invoke: `POST /2015-03-31/functions/<name>/invocations`, for a call that waits and for an event. */
export function lambdaApi(functions: Functions, invocations: AsyncInvocations): Hono {
  const app = new Hono();
  const invokePath = "/2015-03-31/functions/:name/invocations";
  app.post(invokePath, bodyLimit({ maxSize: MAX_SYNC_BYTES, onError: () => tooLarge(MAX_SYNC_BYTES) }));
  app.post(invokePath, async (context) => {
    const name = decodeURIComponent(context.req.param("name"));
    const body = await context.req.text();
    const event = parseEvent(body);
    if (event === undefined) {
      return failure(400, "InvalidRequestContentException", "Could not parse request body into json");
    }
    try {
      return await invoke(context, functions.get(name).functionName, { body, event: event.value });
    } catch (error) {
      if (error instanceof FunctionNotFoundError)
        return failure(404, "ResourceNotFoundException", error.message);
      throw error;
    }
  });
  return app;

  async function invoke(context: Context, name: string, input: { body: string; event: unknown }) {
    switch (context.req.header("x-amz-invocation-type") ?? "RequestResponse") {
      case "DryRun":
        return new Response(null, { status: 204 });
      case "Event":
        if (Buffer.byteLength(input.body) > MAX_ASYNC_BYTES) return tooLarge(MAX_ASYNC_BYTES);
        invocations.enqueue(name, input.event);
        return new Response(null, { status: 202 });
      case "RequestResponse": {
        const result = await functions.invoke(name, input.event);
        const failed = result.functionError !== undefined;
        return Response.json(result.payload, {
          headers: {
            "x-amz-executed-version": "$LATEST",
            "x-amzn-requestid": result.requestId,
            ...(failed && { "x-amz-function-error": "Unhandled" }),
          },
        });
      }
      default:
        return failure(
          400,
          "InvalidParameterValueException",
          "InvocationType must be RequestResponse, Event or DryRun",
        );
    }
  }
}

/** An empty body invokes with an empty object. */
function parseEvent(body: string): { value: unknown } | undefined {
  try {
    return { value: body === "" ? {} : JSON.parse(body) };
  } catch {
    return undefined;
  }
}

function tooLarge(limit: number): Response {
  return failure(
    413,
    "RequestTooLargeException",
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
  );
}

function failure(status: number, type: string, message: string): Response {
  return Response.json({ Type: "User", message }, { status, headers: { "x-amzn-errortype": type } });
}
