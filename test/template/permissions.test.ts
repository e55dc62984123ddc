import { parseInstant, parseScope } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { functionNames } from "../../lib/lambda-bundle.ts";
import {
  activeBudgetsKey,
  alertKey,
  asideKey,
  budgetKey,
  metricKey,
  PRICE_AUDIT_PARTITION,
  PRICES_PARTITION,
  prefixes,
  restatementKey,
  tokenKey,
  unpricedModelKey,
  volumeKey,
} from "../../packages/store/src/keys.ts";
import { allowedTo, functionNamed, type Part, readable, resourcesOf, type Statement } from "./reading.ts";
import { synthesize, template } from "./synthesized.ts";

const table = "AWS::DynamoDB::Table.Arn";
const toQueue = {
  actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
  resources: ["AWS::SQS::Queue.Arn"],
};
const readStream = {
  actions: [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
  resources: ["AWS::DynamoDB::Table.StreamArn"],
};

/** Besides logging and tracing. */
const expected: Record<(typeof functionNames)[number], Statement[]> = {
  ingest: [
    {
      actions: ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"],
      resources: [table],
      keys: ["USAGE#*"],
    },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [table], keys: ["VOLUME#*"] },
    { actions: ["dynamodb:GetItem", "dynamodb:Query"], resources: [table], keys: ["PRICES*"] },
  ],
  api: [
    { actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], resources: [table] },
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["BUDGET#*", "SCOPE_BUDGETS#*", "TOKEN#*", "RESTATEMENT#*"],
    },
    { actions: ["dynamodb:PutItem"], resources: [table], keys: ["AUDIT#*"] },
    {
      actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["PRICES*"],
    },
    {
      actions: ["dynamodb:Query"],
      resources: [`${table}/index/GSI1`, `${table}/index/GSI2`, `${table}/index/GSI3`],
    },
    { actions: ["lambda:InvokeFunction"], resources: ["AWS::Lambda::Function.Arn"] },
  ],
  authorizer: [{ actions: ["dynamodb:GetItem"], resources: [table], keys: ["TOKEN#*"] }],
  rollup: [
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["TOTAL#*", "CUBE#*", "ASIDE#*"],
    },
    toQueue,
    readStream,
  ],
  "budget-watch": [
    { actions: ["dynamodb:BatchGetItem", "dynamodb:Query"], resources: [table] },
    { actions: ["dynamodb:PutItem"], resources: [table], keys: ["ALERT#*"] },
    { actions: ["dynamodb:UpdateItem"], resources: [table], keys: ["UNPRICED#*"] },
    { actions: ["events:PutEvents"], resources: ["AWS::Events::EventBus.Arn"] },
    toQueue,
    readStream,
  ],
  notify: [
    { actions: ["dynamodb:UpdateItem"], resources: [table], keys: ["ALERT#*"] },
    toQueue,
    {
      actions: ["ses:SendEmail"],
      resources: ["arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/AWS::SES::EmailIdentity"],
    },
  ],
  restate: [
    {
      actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
      resources: [table],
    },
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["USAGE#*", "VOLUME#*", "RESTATEMENT#*"],
    },
    {
      actions: ["dynamodb:DeleteItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["UNPRICED#*"],
    },
    {
      actions: ["dynamodb:Query"],
      resources: [`${table}/index/GSI1`, `${table}/index/GSI2`, `${table}/index/GSI3`],
    },
  ],
  "first-token": [
    { actions: ["dynamodb:PutItem"], resources: [table], keys: ["TOKEN#*"] },
    { actions: ["secretsmanager:PutSecretValue"], resources: ["AWS::SecretsManager::Secret"] },
  ],
};

const logAndTrace: Statement[] = [
  { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: ["AWS::Logs::LogGroup.Arn"] },
  // X-Ray knows no resources.
  { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
];

const byActions = (one: Statement, other: Statement) =>
  one.actions.join().localeCompare(other.actions.join());

describe("permissions", () => {
  it.each(functionNames)("of %s are what its work takes, and no more", (name) => {
    expect(allowedTo(template(), name).toSorted(byActions)).toEqual(
      [...logAndTrace, ...expected[name]].toSorted(byActions),
    );
  });

  it("of notify do not include mail when none is sent", () => {
    const actions = allowedTo(synthesize(), "notify").flatMap((statement) => statement.actions);
    expect(actions.filter((action) => action.startsWith("ses:"))).toEqual([]);
  });

  it("come from a role of its own for each function, without managed policies", () => {
    const roles = functionNames.map(
      (name) => functionNamed(template(), name)[1].Properties.Role["Fn::GetAtt"][0],
    );
    expect(new Set(roles).size).toBe(functionNames.length);
    for (const role of resourcesOf(template(), "AWS::IAM::Role")) {
      expect(role.Properties).not.toHaveProperty("ManagedPolicyArns");
      expect(role.Properties).not.toHaveProperty("Policies");
    }
  });

  it("never hold a wildcard but in what they deny and in what X-Ray asks for", () => {
    const statements: Part[] = Object.values<Part>(template().toJSON().Resources)
      .flatMap((resource) => resource.Properties?.PolicyDocument?.Statement ?? [])
      .filter((statement) => statement.Effect === "Allow");
    const loose = statements.filter(
      (statement) =>
        JSON.stringify([statement.Action, statement.Principal ?? ""]).includes("*") ||
        JSON.stringify(statement.Resource).includes("*"),
    );
    expect(new Set(loose.flatMap((statement) => statement.Action))).toEqual(
      new Set(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
    );
  });

  it("let a service invoke a function for one source only", () => {
    for (const permission of resourcesOf(template(), "AWS::Lambda::Permission")) {
      const source = readable(template(), permission.Properties.SourceArn);
      expect(source).toMatch(/AWS::ApiGatewayV2::(Api|Authorizer)|AWS::Events::Rule/);
    }
  });

  it("are held to the partitions that the store keeps its items in", () => {
    const at = parseInstant("2026-11-21T10:00:00.000Z");
    const scope = parseScope("team:growth");
    const keys = {
      ingest: [metricKey("r1").PK, volumeKey("v1").PK, PRICES_PARTITION],
      api: [
        budgetKey("b1").PK,
        activeBudgetsKey(scope).PK,
        tokenKey("t1").PK,
        restatementKey("r1").PK,
        PRICE_AUDIT_PARTITION,
        PRICES_PARTITION,
      ],
      authorizer: [tokenKey("t1").PK],
      rollup: [prefixes.total, prefixes.cube, asideKey(at, "e1").PK],
      "budget-watch": [
        alertKey("a1").PK,
        unpricedModelKey({ service: "openai", model: "gpt-9", operation: "chat" }).PK,
      ],
      notify: [alertKey("a1").PK],
      restate: [
        metricKey("r1").PK,
        volumeKey("v1").PK,
        restatementKey("r1").PK,
        unpricedModelKey({ service: "openai", model: "gpt-9", operation: "chat" }).PK,
      ],
      "first-token": [tokenKey("t1").PK],
    };
    for (const [name, partitionKeys] of Object.entries(keys)) {
      const allowed = allowedTo(template(), name).flatMap((statement) => statement.keys ?? []);
      const needed = partitionKeys.map((key) => key.replace(/#.*|$/, (rest) => (rest === "" ? "*" : "#*")));
      expect(allowed).toEqual(needed);
    }
  });
});
