// The inside of a worker thread: loads one bundle and runs its handler, one event at a time.
// Plain JavaScript, because a worker thread loads it as it is, whatever loads TypeScript in the main thread.
import { parentPort, workerData } from "node:worker_threads";

/** @typedef {{ requestId: string, event: string, deadline: number }} Invocation */

const { entry, functionName, functionArn, memoryMb } = workerData;

/** @param {unknown} error */
function errorPayload(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const trace = (error.stack ?? "").split("\n");
  return { errorType: error.name, errorMessage: error.message, trace };
}

/** @param {Invocation} invocation */
function contextOf({ requestId, deadline }) {
  return {
    awsRequestId: requestId,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function loadHandler() {
  try {
    const { handler } = await import(entry);
    if (typeof handler === "function") return handler;
    throw new TypeError(`${entry} exports no function named handler`);
  } catch (error) {
    parentPort.postMessage({ initError: JSON.stringify(errorPayload(error)) });
    return undefined;
  }
}

const handler = await loadHandler();

parentPort.on("message", async (/** @type {Invocation} */ invocation) => {
  const { requestId } = invocation;
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
    parentPort.postMessage({ requestId, payload: JSON.stringify(result) ?? "null" });
  } catch (error) {
    console.error(error);
    parentPort.postMessage({ requestId, error: JSON.stringify(errorPayload(error)) });
  }
});

if (handler !== undefined) parentPort.postMessage({ ready: true });
