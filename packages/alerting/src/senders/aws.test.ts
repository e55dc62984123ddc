import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { channelOf, eventOf } from "../testing/channel.ts";
import { aDigest, aMessage, aThresholdAlert } from "../testing/messages.ts";
import { emailSender } from "./email.ts";
import { functionSender } from "./function.ts";
import { snsSender } from "./sns.ts";

const [ses, sns, lambda] = [mockClient(SESClient), mockClient(SNSClient), mockClient(LambdaClient)];
const region = { region: "eu-central-1" };
const sender = {
  email: emailSender({ client: new SESClient(region), from: "ai-usage@example.com" }),
  sns: snsSender({ client: new SNSClient(region), eventOf }),
  function: functionSender({ client: new LambdaClient(region), eventOf }),
};
const channel = {
  email: channelOf({ kind: "email", to: ["ops@example.com", "ada@example.com"] }),
  sns: channelOf({ kind: "sns", topicArn: "arn:aws:sns:eu-central-1:111122223333:alerts" }),
  function: channelOf({
    kind: "function",
    functionArn: "arn:aws:lambda:eu-central-1:111122223333:function:page",
  }),
};
beforeEach(() => {
  for (const mock of [ses, sns, lambda]) mock.reset();
});

const awsError = (name: string, $fault: "client" | "server", httpStatusCode: number) =>
  Object.assign(new Error("arn:aws:secret ops@example.com"), { name, $fault, $metadata: { httpStatusCode } });

describe("mail", () => {
  it("goes to all addresses of the channel, in HTML and as text", async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: "1" });
    expect(await sender.email.send(channel.email, aMessage(), undefined)).toEqual({ outcome: "sent" });
    expect(ses.commandCalls(SendEmailCommand)[0]?.args[0].input).toMatchObject({
      Source: "ai-usage@example.com",
      Destination: { ToAddresses: ["ops@example.com", "ada@example.com"] },
      Message: {
        Subject: { Data: "[WARNING] Team growth has used 81.23 % of its monthly budget", Charset: "UTF-8" },
        Body: { Html: { Data: expect.stringContaining("<!doctype html>") }, Text: { Charset: "UTF-8" } },
      },
    });
  });

  it.each([
    ["MessageRejected", "client", 400, true],
    ["ThrottlingException", "client", 400, false],
    ["InternalFailure", "server", 500, false],
  ] as const)("may be tried again after %s, or not", async (name, fault, status, permanent) => {
    ses.on(SendEmailCommand).rejects(awsError(name, fault, status));
    expect(await sender.email.send(channel.email, aMessage(), undefined)).toEqual({
      outcome: "failed",
      error: `SES answered ${name}`,
      status,
      permanent,
    });
  });

  it("is not sent without a sender", async () => {
    const withoutSender = emailSender({ client: new SESClient(region), from: undefined });
    expect(await withoutSender.send(channel.email, aMessage(), undefined)).toMatchObject({
      outcome: "failed",
      permanent: true,
    });
  });
});

describe("publication on a topic", () => {
  const input = () => sns.commandCalls(PublishCommand)[0]?.args[0].input;
  beforeEach(() => {
    sns.on(PublishCommand).resolves({});
  });

  it("is text for people and JSON for programs", async () => {
    expect(await sender.sns.send(channel.sns, aMessage(), undefined)).toEqual({ outcome: "sent" });
    expect(input()).toMatchObject({
      TopicArn: "arn:aws:sns:eu-central-1:111122223333:alerts",
      Subject: "[WARNING] Team growth has used 81.23 % of its monthly budget",
      MessageStructure: "json",
      MessageAttributes: { level: { StringValue: "WARNING" }, kind: { StringValue: "budget_threshold" } },
    });
    const { default: json, email, sms } = JSON.parse(input()?.Message ?? "");
    expect(JSON.parse(json)).toMatchObject({ schema_version: "1", alert: {}, delivery: { id: "dlv_1" } });
    expect(email).toContain("npx ai-usage budget status");
    expect(sms).toBe("[WARNING] Team growth has used 81.23 % of its monthly budget");
  });

  it("has a subject that SNS takes, whatever names are", async () => {
    const scope = `team:Zürich 日本${"x".repeat(110)}` as ReturnType<typeof aThresholdAlert>["scope"];
    await sender.sns.send(channel.sns, aMessage({ alert: aThresholdAlert({ scope }) }), undefined);
    expect(input()?.Subject).toMatch(/^\[WARNING\] Team Zurich \?\?x+$/);
    expect(input()?.Subject?.length).toBeLessThan(100);
  });

  it("is named so that a topic in order takes it once", async () => {
    const topicArn = "arn:aws:sns:eu-central-1:111122223333:alerts.fifo";
    await sender.sns.send(channelOf({ kind: "sns", topicArn }), aMessage(), undefined);
    expect(input()).toMatchObject({
      MessageGroupId: "ai-usage",
      MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("fails for good where there is no such topic", async () => {
    sns.on(PublishCommand).rejects(awsError("NotFoundException", "client", 404));
    expect(await sender.sns.send(channel.sns, aMessage(), undefined)).toMatchObject({
      error: "SNS answered NotFoundException",
      permanent: true,
    });
  });
});

describe("function of one's own", () => {
  const answers = (payload: string, FunctionError?: string) =>
    lambda.on(InvokeCommand).resolves({
      StatusCode: 200,
      Payload: Object.assign(new TextEncoder().encode(payload), { transformToString: () => payload }),
      ...(FunctionError && { FunctionError }),
    });
  const send = (message = aMessage()) => sender.function.send(channel.function, message, undefined);

  it("is invoked with the event as the bus hands it out", async () => {
    answers("null");
    expect(await send()).toEqual({ outcome: "sent", status: 200 });
    const { FunctionName, InvocationType, Payload } =
      lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
    expect([FunctionName, InvocationType]).toEqual([
      channel.function.target.kind === "function" && channel.function.target.functionArn,
      "RequestResponse",
    ]);
    expect(JSON.parse(String(Payload))).toMatchObject({
      source: "ai-usage",
      "detail-type": "Budget Threshold Crossed",
      detail: { schema_version: "1", alert: {}, delivery: { id: "dlv_1", attempt: 1 } },
    });
  });

  it("is told of a digest as one", async () => {
    answers("{}");
    await send(aMessage({ alerts: aDigest }));
    const payload = JSON.parse(String(lambda.commandCalls(InvokeCommand)[0]?.args[0].input.Payload));
    expect([payload["detail-type"], payload.detail.alerts.length]).toEqual(["Alert Digest", 5]);
  });

  it("says that it failed by throwing, of which nothing is kept but that", async () => {
    answers(`{"errorMessage":"secret"}`, "Unhandled");
    expect(await send()).toEqual({
      outcome: "failed",
      error: "the function failed: its log says why",
      status: 200,
      permanent: false,
    });
  });

  it("says so in its answer, and whether to try again, and when", async () => {
    answers(`{"outcome":"failed","permanent":true}`);
    expect(await send()).toMatchObject({ outcome: "failed", permanent: true });
    answers(`{"outcome":"failed","retry_after_seconds":90}`);
    expect(await send()).toMatchObject({ outcome: "failed", permanent: false, retryAfterMs: 90_000 });
  });

  it.each(["", "not json", `"text"`, `{"outcome":"sent"}`, "[]"])(
    "has done it when it answers %s",
    async (payload) => {
      answers(payload);
      expect(await send()).toEqual({ outcome: "sent", status: 200 });
    },
  );

  it("may be tried again when too much runs", async () => {
    lambda.on(InvokeCommand).rejects(awsError("TooManyRequestsException", "client", 429));
    expect(await send()).toMatchObject({ outcome: "failed", permanent: false, status: 429 });
  });
});
