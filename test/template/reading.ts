import type { Template } from "aws-cdk-lib/assertions";

/** A resource, or a part of one, as a template has it. */
export type Part = ReturnType<Template["toJSON"]>;

export interface Statement {
  readonly actions: readonly string[];
  /** `Type.attribute` of the resources in the template, in a word `*` for anything. */
  readonly resources: readonly string[];
  /** What partition keys it is held to. */
  readonly keys?: readonly string[];
}

export const resourcesOf = (template: Template, type: string): Part[] =>
  Object.values(template.findResources(type));

/** The logical id and the resource of the function that `lambdas/<name>` is the code of. */
export function functionNamed(template: Template, name: string): [id: string, fn: Part] {
  const found = Object.entries(template.findResources("AWS::Lambda::Function")).find(
    ([, fn]) => fn.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME === `ai-usage-${name}`,
  );
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found;
}

/** What a function's role allows it, in the order of the template. */
export function allowedTo(template: Template, name: string): Statement[] {
  const roleId: string = functionNamed(template, name)[1].Properties.Role["Fn::GetAtt"][0];
  return resourcesOf(template, "AWS::IAM::Policy")
    .filter((policy) => policy.Properties.Roles.some((role: Part) => role.Ref === roleId))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .map((statement: Part) => readStatement(template, statement));
}

function readStatement(template: Template, statement: Part): Statement {
  const keys = statement.Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"];
  return {
    actions: [statement.Action].flat().toSorted(),
    resources: [statement.Resource].flat().map((resource) => readable(template, resource)),
    ...(keys !== undefined && { keys }),
  };
}

/** `{"Fn::GetAtt": ["Table36756F7D", "Arn"]}` as `AWS::DynamoDB::Table.Arn`, joins and all. */
export function readable(template: Template, value: Part | string): string {
  if (typeof value === "string") return value;
  const resources: Part = template.toJSON().Resources;
  const [kind, argument] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case "Ref":
      return resources[argument]?.Type ?? argument;
    case "Fn::GetAtt":
      return `${resources[argument[0]].Type}.${argument[1]}`;
    case "Fn::Join":
      return argument[1].map((part: Part | string) => readable(template, part)).join(argument[0]);
    default:
      throw new Error(`cannot read ${JSON.stringify(value)}`);
  }
}
