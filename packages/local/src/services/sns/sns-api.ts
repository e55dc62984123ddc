import { Hono } from "hono";
import { answerQuery, QueryError, QueryRequest } from "../query-protocol.ts";
import type { TopicMessage, Topics } from "./topics.ts";

const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_SUBJECT_CHARACTERS = 100;

/** The publishing part of SNS, as `@aws-sdk/client-sns` speaks to it. Any topic will do: those of others are not in the template. */
export function snsApi(topics: Topics): Hono {
  return new Hono().post("/", async (context) =>
    answerQuery(NAMESPACE, new QueryRequest(await context.req.text()), async (request) => ({
      MessageId: topics.publish(toMessage(request)),
    })),
  );
}

function toMessage(request: QueryRequest): Omit<TopicMessage, "message_id" | "sent_at"> {
  if (request.action !== "Publish") {
    throw new QueryError("InvalidAction", `${request.action} does not run on one machine`);
  }
  const topicArn = request.text("TopicArn") ?? request.text("TargetArn") ?? "";
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(topicArn)) {
    throw new QueryError("InvalidParameter", "Invalid parameter: TopicArn");
  }
  const message = request.text("Message") ?? "";
  if (message === "") throw new QueryError("InvalidParameter", "Invalid parameter: Empty message");
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
    throw new QueryError("InvalidParameter", "Invalid parameter: Message too long");
  }
  const subject = request.text("Subject") ?? null;
  if (subject !== null && !isSubject(subject)) {
    throw new QueryError("InvalidParameter", "Invalid parameter: Subject");
  }
  const groupId = request.text("MessageGroupId") ?? null;
  if (topicArn.endsWith(".fifo") && groupId === null) {
    throw new QueryError(
      "InvalidParameter",
      "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    );
  }
  return { topic_arn: topicArn, subject, message, attributes: attributesOf(request), group_id: groupId };
}

/** ASCII, beginning with a letter, a figure or a sign, without line breaks. */
const isSubject = (subject: string): boolean =>
  subject.length <= MAX_SUBJECT_CHARACTERS && /^[!-~][ -~]*$/.test(subject);

function attributesOf(request: QueryRequest): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const entry = `MessageAttributes.entry.${index}`;
    const name = request.text(`${entry}.Name`);
    if (name === undefined) return attributes;
    attributes[name] =
      request.text(`${entry}.Value.StringValue`) ?? request.text(`${entry}.Value.BinaryValue`) ?? "";
  }
}
