import { describe, expect, it } from "vitest";
import * as z from "zod";
import { fixtureStack } from "../testing/fixture-assembly.ts";

const queue = { type: "AWS::SQS::Queue", schema: z.object({ QueueName: z.string() }), ignored: ["Tags"] };

describe("stack", () => {
  it("gives resources names and ARNs that follow from the template", () => {
    const stack = fixtureStack({
      resources: {
        Table: { Type: "AWS::DynamoDB::Table" },
        Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
        Secret: { Type: "AWS::SecretsManager::Secret" },
      },
    });
    expect(stack.ref("Table")).toBe("fixture-Table");
    expect(stack.attribute("Queue", "Arn")).toBe("arn:aws:sqs:us-east-1:000000000000:dead");
    expect(stack.ref("Secret")).toMatch(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:fixture-Secret-\w{6}$/,
    );
  });

  it("refuses a type that it does not run", () => {
    const resources = { Flow: { Type: "AWS::StepFunctions::StateMachine" } };
    expect(() => fixtureStack({ resources })).toThrow(
      "Flow: the local runtime does not run AWS::StepFunctions::StateMachine",
    );
  });

  it("refuses a property that would be overlooked, not one without a meaning here", () => {
    const resources = (Properties: Record<string, unknown>) => ({ Queue: { Type: queue.type, Properties } });
    const read = (properties: Record<string, unknown>) =>
      fixtureStack({ resources: resources(properties) }).resources(queue);
    expect(read({ QueueName: "q", Tags: [] })[0]?.properties).toEqual({ QueueName: "q" });
    expect(() => read({ QueueName: "q", FifoQueue: true })).toThrow("Queue, property FifoQueue");
    expect(() => read({ QueueName: 1 })).toThrow("Queue, property QueueName");
  });

  it("resolves outputs", () => {
    const stack = fixtureStack({
      resources: { Table: { Type: "AWS::DynamoDB::Table" } },
      outputs: { TableName: { Ref: "Table" } },
    });
    expect(stack.output("TableName")).toBe("fixture-Table");
    expect(() => stack.output("Other")).toThrow("the template of fixture has no output Other");
  });
});
