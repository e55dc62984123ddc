import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { AlertSender, Message, SendResult } from "../message.ts";
import { awsAttempt } from "./aws-problem.ts";
import { type EventOf, eventBody } from "./event-body.ts";
import { wrongTarget } from "./failures.ts";

/**
 * A function of one's own, invoked with an event as the bus hands it out. It says that it could not deliver by throwing,
 * or by answering `{"outcome": "failed", "permanent"?: true, "retry_after_seconds"?: 60}`; any other answer is a success.
 */
export function functionSender({ client, eventOf }: { client: LambdaClient; eventOf: EventOf }): AlertSender {
  return {
    async send({ target }, message) {
      if (target.kind !== "function") return wrongTarget(target);
      const command = new InvokeCommand({
        FunctionName: target.functionArn,
        InvocationType: "RequestResponse",
        Payload: JSON.stringify(busEvent(message, eventOf)),
      });
      return awsAttempt("Lambda", async (abortSignal) => {
        const {
          FunctionError,
          StatusCode: status = 200,
          Payload,
        } = await client.send(command, { abortSignal });
        if (FunctionError !== undefined) {
          return {
            outcome: "failed",
            error: "the function failed: its log says why",
            status,
            permanent: false,
          };
        }
        return answerOf(Payload?.transformToString() ?? "", status);
      });
    },
  };
}

function busEvent(message: Message, eventOf: EventOf): object {
  const [first] = message.alerts;
  const isDigest = message.alerts.length > 1;
  return {
    source: "ai-usage",
    "detail-type": isDigest || first === undefined ? "Alert Digest" : eventOf(first).detailType,
    time: message.sentAt,
    detail: eventBody(message, eventOf),
  };
}

function answerOf(payload: string, status: number): SendResult {
  const answer = parsed(payload);
  if (
    typeof answer !== "object" ||
    answer === null ||
    !("outcome" in answer) ||
    answer.outcome !== "failed"
  ) {
    return { outcome: "sent", status };
  }
  const seconds = "retry_after_seconds" in answer ? Number(answer.retry_after_seconds) : Number.NaN;
  return {
    outcome: "failed",
    error: "the function answered that it failed",
    status,
    permanent: "permanent" in answer && answer.permanent === true,
    ...(seconds >= 0 && seconds <= RETRY_AFTER_MAX && { retryAfterMs: seconds * 1000 }),
  };
}

/** An hour, as for answers over HTTP. */
const RETRY_AFTER_MAX = 3600;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
