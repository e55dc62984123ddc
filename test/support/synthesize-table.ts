import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { UsageTable } from "../../lib/table.ts";

// Prints the table as CloudFormation gets it. A process of its own: importing the CDK takes seconds.
const stack = new Stack(
  new App({ analyticsReporting: false, builtinCloudFormationValidation: false }),
  "test",
);
new UsageTable(stack, "Table", { deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
const [table] = Object.values(Template.fromStack(stack).findResources("AWS::DynamoDB::Table"));
if (table === undefined) throw new Error("the construct makes no table");
console.log(JSON.stringify(table.Properties));
