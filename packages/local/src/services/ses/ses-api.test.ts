import { join } from "node:path";
import { SESClient, SendEmailCommand, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_AWS } from "../../engine/index.ts";
import { fixtureStack, temporaryDirectory } from "../../testing/fixture-assembly.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback-server.ts";
import { Topics } from "../sns/topics.ts";
import { Identities } from "./identities.ts";
import { Inbox } from "./inbox.ts";
import { inboxPage } from "./inbox-page.ts";
import { sesApi } from "./ses-api.ts";

const directory = temporaryDirectory();
const inbox = new Inbox(join(directory.path, "inbox"));
const topics = new Topics(join(directory.path, "topics"));
const page = inboxPage(inbox, topics);
let server: LoopbackServer;
let ses: SESClient;

beforeAll(async () => {
  const stack = fixtureStack({
    resources: {
      Sender: { Type: "AWS::SES::EmailIdentity", Properties: { EmailIdentity: "alerts@company.example" } },
      Domain: { Type: "AWS::SES::EmailIdentity", Properties: { EmailIdentity: "verified.example" } },
    },
  });
  server = await listenOnLoopback(0);
  server.serve(sesApi(inbox, new Identities(stack)));
  const { region, ...credentials } = LOCAL_AWS;
  ses = new SESClient({ endpoint: server.url, region, credentials });
});

afterAll(async () => {
  ses.destroy();
  await server.stop();
  directory.remove();
});

const email = (Source: string, ToAddresses = ["one@x.example", "Two <two@x.example>"]) =>
  new SendEmailCommand({
    Source,
    Destination: { ToAddresses, CcAddresses: ["three@x.example"] },
    Message: {
      Subject: { Data: "Budget <80 %> & more" },
      Body: { Html: { Data: "<script>alert(1)</script><b>€</b>" }, Text: { Data: "80 % ü" } },
    },
  });

describe("SES", () => {
  it("puts a mail with all its recipients and parts into the inbox", async () => {
    const { MessageId } = await ses.send(email("Alerts <alerts@company.example>"));
    expect(await inbox.find(MessageId ?? "")).toMatchObject({
      from: "Alerts <alerts@company.example>",
      to: ["one@x.example", "Two <two@x.example>"],
      cc: ["three@x.example"],
      subject: "Budget <80 %> & more",
      html: "<script>alert(1)</script><b>€</b>",
      text: "80 % ü",
    });
  });

  it("lets every address of a verified domain send, and nobody else", async () => {
    await expect(ses.send(email("anyone@verified.example"))).resolves.toHaveProperty("MessageId");
    await expect(ses.send(email("other@company.example"))).rejects.toMatchObject({
      name: "MessageRejected",
      message:
        "Email address is not verified. The following identities failed the check in region US-EAST-1: other@company.example",
    });
  });

  it("refuses a mail to nobody and an action that it does not have", async () => {
    await expect(ses.send(email("anyone@verified.example", ["not an address"]))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
    const response = await fetch(server.url, { method: "POST", body: "Action=DeleteIdentity" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>InvalidAction</Code>");
  });

  it("keeps a raw message as it was sent", async () => {
    const raw =
      "From: alerts@company.example\r\nTo: a@x.example,\r\n b@x.example\r\nSubject: Raw\r\n\r\nHello";
    const { MessageId } = await ses.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) } }));
    expect(await inbox.find(MessageId ?? "")).toMatchObject({
      to: ["a@x.example", "b@x.example"],
      subject: "Raw",
      raw,
    });
  });
});

describe("inbox page", () => {
  it("lists mails, the newest first, as a page and as JSON", async () => {
    const listed = await (await page.request("/api/messages")).json();
    expect(listed).toMatchObject({ messages: [{ subject: "Raw" }, {}, {}] });
    expect(await (await page.request("/")).text()).toContain("Budget &lt;80 %&gt; &amp; more");
  });

  it("shows the HTML of a mail in a frame without rights", async () => {
    const message = (await inbox.list()).find(({ html }) => html !== null);
    const html = await (await page.request(`/messages/${message?.message_id}`)).text();
    expect(html).toContain('sandbox title="HTML part" srcdoc="&lt;script&gt;');
    expect(html).not.toContain("<script>");
  });

  it("shows what was published to topics", async () => {
    expect(await (await page.request("/")).text()).not.toContain("Messages to topics");
    const topicArn = "arn:aws:sns:eu-central-1:111122223333:alerts";
    const message = '{"text":"80 % < 100 %"}';
    topics.publish({ topic_arn: topicArn, subject: null, message, attributes: {}, group_id: null });
    const shown = await (await page.request("/")).text();
    expect(shown).toContain(topicArn);
    expect(shown).toContain("{&quot;text&quot;:&quot;80 % &lt; 100 %&quot;}");
    const listed = await (await page.request("/api/topic-messages")).json();
    expect(listed).toMatchObject({ messages: [{ topic_arn: topicArn, message }] });
  });

  it("has no page for a mail that is not there", async () => {
    expect((await page.request("/messages/nothing")).status).toBe(404);
    expect((await page.request("/messages/..%2f..%2fsecrets")).status).toBe(404);
  });
});
