import { failureOf, ingestBody, ingestOutcomes, problemOf } from "./ingest-answer.ts";
import { type BatchReceipt, type Transport, TransportError } from "./transport.ts";

export interface LambdaTransportOptions {
  /** Output `IngestFunctionName` of the deployed stack, or its ARN. */
  readonly functionName: string;
  /** A `LambdaClient` of `@aws-sdk/client-lambda`. @default one with the environment's region and credentials */
  readonly client?: LambdaClientLike;
}

/** What of a `LambdaClient` is used. */
export interface LambdaClientLike {
  // The SDK's commands are generic over all that a service can do; an invocation is all that is sent here.
  send(command: never): Promise<unknown>;
}

interface InvokeAnswer {
  readonly Payload?: Uint8Array;
  readonly FunctionError?: string;
}

/** Sends metrics by direct invocation of the ingest Lambda: IAM says who may. */
export function lambdaTransport({ functionName, client }: LambdaTransportOptions): Transport {
  let invoke: Promise<(payload: string) => Promise<InvokeAnswer>> | undefined;
  return {
    name: "lambda",
    destination: functionName,
    send: async (lines) => {
      invoke ??= invoker(functionName, client);
      const send = await invoke.catch((error: unknown) => {
        invoke = undefined;
        throw new TransportError("@aws-sdk/client-lambda is needed to invoke a Lambda: install it", {
          reason: "misconfigured",
          cause: error,
        });
      });
      return receiptOf(await send(ingestBody(lines)).catch(refuse));
    },
  };
}

/** The SDK is loaded when it is needed: it is no dependency of whoever does not send that way. */
async function invoker(functionName: string, given: LambdaClientLike | undefined) {
  const { InvokeCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
  const client = given ?? new LambdaClient({});
  return async (payload: string) => {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) });
    return (await client.send(command as never)) as InvokeAnswer;
  };
}

function receiptOf({ Payload, FunctionError }: InvokeAnswer): BatchReceipt {
  // What a function that failed says may quote what it was given.
  if (FunctionError !== undefined)
    throw new TransportError(`the function failed (${FunctionError})`, { reason: "unavailable" });
  const answer = parsed(Payload);
  const problem = problemOf(answer);
  if (problem !== undefined)
    throw new TransportError(problem.detail, { reason: failureOf(problem.status, true) });
  return { outcomes: ingestOutcomes(answer) };
}

/** @throws TransportError */
function refuse(error: unknown): never {
  const name = error instanceof Error ? error.name : String(error);
  const message = error instanceof Error ? error.message : name;
  throw new TransportError(`the function cannot be invoked: ${message}`, {
    reason: failureOf(statusOf(error), false),
    cause: error,
  });
}

/** No status: no answer came. */
function statusOf(error: unknown): number {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 503;
}

function parsed(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(payload ?? []).toString());
  } catch {
    return undefined;
  }
}
