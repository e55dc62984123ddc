import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { REGION } from "../../template/physical-ids.ts";
import { answerQuery, QueryError, QueryRequest } from "../query-protocol.ts";
import type { Identities } from "./identities.ts";
import type { Inbox, InboxMessage } from "./inbox.ts";
import { readAddresses, readHeaderFields } from "./raw-message.ts";

const NAMESPACE = "http://ses.amazonaws.com/doc/2010-12-01/";

/** Recipients of one message: https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
const MAX_RECIPIENTS = 50;

/** The sending part of SES, as `@aws-sdk/client-ses` speaks to it: mail ends in the inbox. */
export function sesApi(inbox: Inbox, identities: Identities): Hono {
  return new Hono().post("/", async (context) =>
    answerQuery(NAMESPACE, new QueryRequest(await context.req.text()), async (request) => {
      const message = toMessage(request);
      check(message, identities);
      await inbox.add(message);
      return { MessageId: message.message_id };
    }),
  );
}

function toMessage(request: QueryRequest): InboxMessage {
  switch (request.action) {
    case "SendEmail":
      return composed(request);
    case "SendRawEmail":
      return raw(request);
    default:
      throw new QueryError("InvalidAction", `${request.action} does not run on one machine`);
  }
}

function composed(request: QueryRequest): InboxMessage {
  const text = request.text("Message.Body.Text.Data");
  const html = request.text("Message.Body.Html.Data");
  const subject = request.text("Message.Subject.Data");
  if (subject === undefined) throw missing("message.subject");
  if (text === undefined && html === undefined) throw missing("message.body");
  return {
    ...stamp(),
    from: required(request, "Source"),
    to: request.list("Destination.ToAddresses"),
    cc: request.list("Destination.CcAddresses"),
    bcc: request.list("Destination.BccAddresses"),
    reply_to: request.list("ReplyToAddresses"),
    subject,
    text: text ?? null,
    html: html ?? null,
    raw: null,
  };
}

/** The addresses given beside the message win over those in its header. */
function raw(request: QueryRequest): InboxMessage {
  const message = Buffer.from(required(request, "RawMessage.Data"), "base64").toString("utf8");
  const fields = readHeaderFields(message);
  const destinations = request.list("Destinations");
  return {
    ...stamp(),
    from: request.text("Source") ?? fields.get("from") ?? "",
    to: destinations.length > 0 ? destinations : readAddresses(fields.get("to")),
    cc: destinations.length > 0 ? [] : readAddresses(fields.get("cc")),
    bcc: destinations.length > 0 ? [] : readAddresses(fields.get("bcc")),
    reply_to: readAddresses(fields.get("reply-to")),
    subject: fields.get("subject") ?? "",
    text: null,
    html: null,
    raw: message,
  };
}

function check({ from, to, cc, bcc }: InboxMessage, identities: Identities): void {
  if (!identities.maySend(from)) {
    throw new QueryError(
      "MessageRejected",
      `Email address is not verified. The following identities failed the check in region ${REGION.toUpperCase()}: ${from}`,
    );
  }
  const recipients = [...to, ...cc, ...bcc];
  if (recipients.length === 0) throw missing("destination");
  if (recipients.length > MAX_RECIPIENTS) {
    throw new QueryError("InvalidParameterValue", `Recipient count exceeds ${MAX_RECIPIENTS}.`);
  }
  const invalid = recipients.find((recipient) => !/^[^\r\n]*[^\s@]+@[^\s@]+$/.test(recipient));
  if (invalid !== undefined) throw new QueryError("InvalidParameterValue", `Invalid address: ${invalid}`);
}

function stamp() {
  const now = new Date();
  return { message_id: `${now.getTime().toString(16)}-${randomUUID()}`, sent_at: now.toISOString() };
}

function required(request: QueryRequest, name: string): string {
  const value = request.text(name);
  if (value === undefined) throw missing(name);
  return value;
}

function missing(name: string): QueryError {
  return new QueryError(
    "ValidationError",
    `Value at '${name}' failed to satisfy constraint: must not be null`,
  );
}
