import type { SendResult } from "../message.ts";

/** One attempt takes no longer, however often the SDK tries inside of it. */
const TIMEOUT_MS = 10_000;

/**
 * Makes a call of an AWS service an attempt of a delivery. Of what the service says, only the kind of the error is kept:
 * its message may hold addresses.
 */
export async function awsAttempt(
  service: string,
  call: (abortSignal: AbortSignal) => Promise<SendResult>,
): Promise<SendResult> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await call(deadline);
  } catch (error) {
    if (deadline.aborted) return failed(`${service} did not answer in time`, false);
    const { name, isClientFault, status } = errorOf(error);
    return {
      ...failed(`${service} answered ${name}`, isClientFault && !isOfAMoment(name, status)),
      ...(status !== undefined && { status }),
    };
  }
}

const failed = (error: string, permanent: boolean) => ({ outcome: "failed" as const, error, permanent });

function errorOf(error: unknown): { name: string; isClientFault: boolean; status?: number } {
  if (!(error instanceof Error)) return { name: "an error", isClientFault: false };
  const status = statusOf(error);
  return {
    name: /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : "an error",
    isClientFault: "$fault" in error && error.$fault === "client",
    ...(status !== undefined && { status }),
  };
}

function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null)
    return undefined;
  const metadata = error.$metadata;
  return "httpStatusCode" in metadata && typeof metadata.httpStatusCode === "number"
    ? metadata.httpStatusCode
    : undefined;
}

/** Services call it a fault of the client, too, when there is too much at the moment. */
const isOfAMoment = (name: string, status: number | undefined): boolean =>
  status === 429 || /Throttl|TooManyRequests|LimitExceeded|ResourceNotReady|ExpiredToken/.test(name);
