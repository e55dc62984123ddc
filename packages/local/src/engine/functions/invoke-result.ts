export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** What Lambda answers when the handler threw, timed out or crashed. */
export interface FunctionErrorPayload {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export type InvokeResult =
  | { requestId: string; functionError?: undefined; payload: JsonValue }
  | { requestId: string; functionError: "Unhandled"; payload: FunctionErrorPayload };

export interface InvokeOptions {
  /** Aborting ends the execution environment in the middle of the invocation. */
  signal?: AbortSignal;
}

/** Invokes a function and answers what it answered; an error of the function is an answer, too. */
export type Invoke = (event: unknown, options?: InvokeOptions) => Promise<InvokeResult>;

export function functionError(requestId: string, payload: FunctionErrorPayload): InvokeResult {
  return { requestId, functionError: "Unhandled", payload };
}
