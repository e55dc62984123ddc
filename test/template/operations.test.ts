import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functionNames } from "../../lib/lambda-bundle.ts";
import { functionNamed, type Part, readable, resourcesOf } from "./reading.ts";
import { synthesize, template } from "./synthesized.ts";

const alarms = () => resourcesOf(template(), "AWS::CloudWatch::Alarm").map((alarm) => alarm.Properties);

const alarmsOn = (metricName: string, dimension?: Part) =>
  alarms().filter(
    (alarm) =>
      alarm.MetricName === metricName &&
      (dimension === undefined || JSON.stringify(alarm.Dimensions).includes(JSON.stringify(dimension))),
  );

describe.each(functionNames)("function %s", (name) => {
  const [id, fn] = functionNamed(template(), name);

  it("runs on arm64 and a current Node", () => {
    expect(fn.Properties).toMatchObject({
      Architectures: ["arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
    });
  });

  it("is traced", () => {
    expect(fn.Properties.TracingConfig).toEqual({ Mode: "Active" });
  });

  it("logs JSON to a group of its own, for as long as the settings say", () => {
    const { LogFormat, LogGroup } = fn.Properties.LoggingConfig;
    expect(LogFormat).toBe("JSON");
    const groups = template().findResources("AWS::Logs::LogGroup");
    expect(groups[LogGroup.Ref]?.Properties.RetentionInDays).toBe(30);
  });

  it("rings when it fails", () => {
    expect(alarmsOn("Errors", { Ref: id })).toHaveLength(1);
  });

  it("knows the table", () => {
    expect(readable(template(), fn.Properties.Environment.Variables.DYNAMODB_TABLE_NAME)).toBe(
      "AWS::DynamoDB::Table",
    );
  });
});

describe("an alarm", () => {
  it.each(["rollup", "budget-watch"])("rings long before the stream forgets what %s has not read", (name) => {
    const [alarm] = alarmsOn("IteratorAge", { Ref: functionNamed(template(), name)[0] });
    expect(alarm.Threshold).toBe(10 * 60 * 1000);
    expect(alarm.Statistic).toBe("Maximum");
  });

  it("rings when a dead-letter queue holds something", () => {
    const queues = Object.keys(template().findResources("AWS::SQS::Queue"));
    expect(queues).toHaveLength(3);
    for (const queue of queues) {
      const dimension = { "Fn::GetAtt": [queue, "QueueName"] };
      expect(alarmsOn("ApproximateNumberOfMessagesVisible", dimension)).toHaveLength(1);
    }
  });

  it("rings when the HTTP API answers with 5xx", () => {
    expect(alarmsOn("5xx")).toHaveLength(1);
  });

  it("says what is wrong and where it is written what to do", () => {
    const descriptions = alarms().map((alarm) => alarm.AlarmDescription);
    expect(new Set(descriptions).size).toBe(descriptions.length);
    for (const description of descriptions) {
      expect(description).toMatch(/^\S.+\. What to do: docs\/operations\.md#[a-z0-9-]+$/);
    }
  });

  it("points to a heading that is there", () => {
    const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const [, section = ""] = page.split(/^## Alarms$|^## Tasks$/m);
    const headings = [...section.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    const runbooks = alarms().map((alarm) => alarm.AlarmDescription.split("#").at(-1));
    expect(headings.toSorted()).toEqual(runbooks.toSorted());
  });

  it("does not ring for want of traffic", () => {
    for (const alarm of alarms()) expect(alarm.TreatMissingData).toBe("notBreaching");
  });

  it("reports to the topic that the settings name", () => {
    const alarmTopicArn = "arn:aws:sns:eu-central-1:111122223333:operations";
    const reporting = resourcesOf(synthesize({ alarmTopicArn }), "AWS::CloudWatch::Alarm");
    expect(reporting).toHaveLength(alarms().length);
    for (const alarm of reporting) expect(alarm.Properties.AlarmActions).toEqual([alarmTopicArn]);
  });
});

describe("a dead-letter queue", () => {
  it("keeps messages for two weeks, encrypted", () => {
    for (const queue of resourcesOf(template(), "AWS::SQS::Queue")) {
      expect(queue.Properties).toEqual({
        MessageRetentionPeriod: 14 * 86_400,
        SqsManagedSseEnabled: true,
      });
    }
  });

  it("refuses senders without TLS", () => {
    const policies = resourcesOf(template(), "AWS::SQS::QueuePolicy");
    expect(policies).toHaveLength(3);
    for (const policy of policies) {
      expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: "sqs:*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      );
    }
  });
});

describe("the log groups", () => {
  it("follow the settings", () => {
    for (const group of resourcesOf(synthesize({ logRetentionDays: 7 }), "AWS::Logs::LogGroup")) {
      expect(group.Properties.RetentionInDays).toBe(7);
    }
  });
});
