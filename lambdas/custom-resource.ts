import type { CloudFormationCustomResourceEvent } from "aws-lambda";

/** How a custom resource came out. CloudFormation shows the reason to whoever deploys. */
export type CustomResourceOutcome =
  | { readonly Status: "SUCCESS"; readonly Data?: Readonly<Record<string, string>> }
  | { readonly Status: "FAILED"; readonly Reason: string };

/** CloudFormation takes an answer of 4096 bytes, and what else is in it is short. */
const REASON_CHARACTERS_MAX = 1_000;

/** Tells CloudFormation how it came out; until then the deployment waits. */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  physicalResourceId: string,
  outcome: CustomResourceOutcome,
): Promise<void> {
  const response = await fetch(event.ResponseURL, {
    method: "PUT",
    body: JSON.stringify({
      ...outcome,
      ...(outcome.Status === "FAILED" && { Reason: outcome.Reason.slice(0, REASON_CHARACTERS_MAX) }),
      PhysicalResourceId: physicalResourceId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
