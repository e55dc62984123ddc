import type { Stack } from "../template/stack.ts";
import { fixtureStack } from "./fixture-assembly.ts";

/** A bus with one rule whose target retries once and then gives up into a queue, and one rule that is switched off. */
export function alertBus(): Stack {
  const rule = (State: string, detailType: string) => ({
    Type: "AWS::Events::Rule",
    Properties: {
      EventBusName: { Ref: "Bus" },
      EventPattern: { source: ["ai-usage"], "detail-type": [detailType] },
      State,
      Targets: [{ Id: "Target0", Arn: { "Fn::GetAtt": ["Notify", "Arn"] } }],
    },
  });
  return fixtureStack({
    resources: {
      Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "alerts" } },
      Notify: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "notify" } },
      Dead: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
      Crossed: rule("ENABLED", "Crossed"),
      Off: rule("DISABLED", "Off"),
      Retries: {
        Type: "AWS::Lambda::EventInvokeConfig",
        Properties: {
          FunctionName: { Ref: "Notify" },
          MaximumRetryAttempts: 1,
          DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["Dead", "Arn"] } } },
        },
      },
    },
  });
}
