import type { Context } from "hono";
import * as z from "zod";

/** One operation of a service that speaks AWS JSON 1.1: the parsed request in, the answer out. */
export type AwsJsonOperation = (input: unknown) => unknown;

/** An error that the service declares: the SDK throws an exception of this name. */
export class AwsJsonError extends Error {
  override readonly name = "AwsJsonError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers `POST /` with `X-Amz-Target: <service>.<operation>`. */
export function awsJson(operations: Readonly<Record<string, AwsJsonOperation>>) {
  return async (context: Context): Promise<Response> => {
    const target = context.req.header("x-amz-target") ?? "";
    const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
    try {
      if (operation === undefined) {
        throw new AwsJsonError("UnknownOperationException", `${target} does not run on one machine`);
      }
      return answer(200, await operation(await context.req.json()));
    } catch (error) {
      if (error instanceof AwsJsonError) return answer(400, { __type: error.code, message: error.message });
      if (error instanceof z.ZodError || error instanceof SyntaxError) {
        return answer(400, { __type: "ValidationException", message: error.message });
      }
      throw error;
    }
  };
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
  });
}
