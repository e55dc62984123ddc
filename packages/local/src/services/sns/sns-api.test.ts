import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_AWS } from "../../engine/index.ts";
import { temporaryDirectory } from "../../testing/fixture-assembly.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback-server.ts";
import { snsApi } from "./sns-api.ts";
import { Topics } from "./topics.ts";

const directory = temporaryDirectory();
const topics = new Topics(join(directory.path, "topics"));
const TopicArn = "arn:aws:sns:eu-central-1:111122223333:alerts";
let server: LoopbackServer;
let sns: SNSClient;

beforeAll(async () => {
  server = await listenOnLoopback(0);
  server.serve(snsApi(topics));
  const { region, ...credentials } = LOCAL_AWS;
  sns = new SNSClient({ endpoint: server.url, region, credentials });
});

afterAll(async () => {
  sns.destroy();
  await server.stop();
  directory.remove();
});

const publish = (input: Partial<ConstructorParameters<typeof PublishCommand>[0]>) =>
  sns.send(new PublishCommand({ TopicArn, Message: "text", ...input }));

describe("SNS", () => {
  it("puts what is published into the topic's file, whole", async () => {
    const { MessageId } = await publish({
      Message: '{"text":"80 % < 100 % & more ü"}',
      Subject: "Budget Platform",
      MessageAttributes: {
        level: { DataType: "String", StringValue: "WARNING" },
        kind: { DataType: "String", StringValue: "budget_threshold" },
      },
    });
    const [line = ""] = readFileSync(join(directory.path, "topics", "alerts.jsonl"), "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject({
      message_id: MessageId,
      topic_arn: TopicArn,
      subject: "Budget Platform",
      message: '{"text":"80 % < 100 % & more ü"}',
      attributes: { level: "WARNING", kind: "budget_threshold" },
    });
  });

  it("lists what went to all topics, the newest first", async () => {
    await publish({ TopicArn: `${TopicArn}-other`, Message: "later" });
    const listed = await topics.list();
    expect(listed.map(({ message }) => message)).toEqual(["later", '{"text":"80 % < 100 % & more ü"}']);
  });

  const refused: [what: string, input: Parameters<typeof publish>[0]][] = [
    ["a name for an ARN", { TopicArn: "alerts" }],
    ["an ARN that leads out of the directory", { TopicArn: `${TopicArn}/../../secrets` }],
    ["no text", { Message: "" }],
    ["more than 256 KiB", { Message: "x".repeat(256 * 1024 + 1) }],
    ["a subject of two lines", { Subject: "one\ntwo" }],
    ["a subject of 101 characters", { Subject: "x".repeat(101) }],
    ["a FIFO topic without a group", { TopicArn: `${TopicArn}.fifo` }],
  ];

  it.each(refused)("refuses what SNS refuses: %s", async (_, input) => {
    await expect(publish(input)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("has no other action", async () => {
    const response = await fetch(server.url, { method: "POST", body: "Action=DeleteTopic" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>InvalidAction</Code>");
  });
});
