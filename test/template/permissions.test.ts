import { parseInstant, parseScope } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { functionNames } from "../../lib/lambda-bundle.ts";
import {
  activeBudgetsKey,
  alertKey,
  asideKey,
  BUDGET_TEMPLATES_PARTITION,
  budgetAuditKey,
  budgetKey,
  CHANNELS_PARTITION,
  leasedSumKey,
  leaseKey,
  leaseSeenKey,
  metricKey,
  outcomeKey,
  PRICE_AUDIT_PARTITION,
  PRICES_PARTITION,
  paceKey,
  prefixes,
  proposalKey,
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

const readAll = {
  actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
  resources: [table],
};
const queryIndexes = {
  actions: ["dynamodb:Query"],
  resources: [`${table}/index/GSI1`, `${table}/index/GSI2`, `${table}/index/GSI3`],
};
const keepAudit = { actions: ["dynamodb:PutItem"], resources: [table], keys: ["AUDIT#*"] };
const channelSecrets = expect.stringMatching(
  /^arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:[\w-]+\/\*$/,
);

/** Besides logging and tracing. */
const expected: Record<(typeof functionNames)[number], Statement[]> = {
  ingest: [
    {
      actions: ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"],
      resources: [table],
      keys: ["USAGE#*", "OUTCOME#*"],
    },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [table], keys: ["VOLUME#*"] },
    { actions: ["dynamodb:GetItem", "dynamodb:Query"], resources: [table], keys: ["PRICES*"] },
  ],
  api: [
    readAll,
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: [
        "BUDGET#*",
        "SCOPE_BUDGETS#*",
        "BUDGET_TEMPLATES*",
        "PROPOSAL#*",
        "LEASE#*",
        "ALERT#*",
        "CHANNELS*",
        "TOKEN#*",
        "RESTATEMENT#*",
      ],
    },
    keepAudit,
    {
      actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["PRICES*"],
    },
    queryIndexes,
    {
      actions: ["lambda:InvokeFunction"],
      resources: ["AWS::Lambda::Function.Arn", "AWS::Lambda::Function.Arn"],
    },
    {
      actions: [
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutSecretValue",
      ],
      resources: [channelSecrets],
    },
  ],
  authorizer: [{ actions: ["dynamodb:GetItem"], resources: [table], keys: ["TOKEN#*"] }],
  rollup: [
    { actions: ["dynamodb:BatchGetItem"], resources: [table], keys: ["LEASE#*"] },
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["TOTAL#*", "CUBE#*", "ASIDE#*", "BUDGET#*", "LEASE#*"],
    },
    toQueue,
    readStream,
  ],
  "budget-watch": [
    readAll,
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["BUDGET#*", "SCOPE_BUDGETS#*", "ALERT#*", "LEASE#*"],
    },
    { actions: ["dynamodb:UpdateItem"], resources: [table], keys: ["UNPRICED#*"] },
    keepAudit,
    queryIndexes,
    { actions: ["events:PutEvents"], resources: ["AWS::Events::EventBus.Arn"] },
    toQueue,
    readStream,
  ],
  notify: [
    {
      actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
      resources: [table],
      keys: ["ALERT#*", "CHANNELS*", "PACE#*", "TOTAL#*", "CUBE#*", "USAGE#*"],
    },
    {
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [table],
      keys: ["ALERT#*", "PACE#*"],
    },
    queryIndexes,
    { actions: ["secretsmanager:GetSecretValue"], resources: [channelSecrets] },
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
    queryIndexes,
  ],
  "first-token": [
    { actions: ["dynamodb:PutItem"], resources: [table], keys: ["TOKEN#*"] },
    { actions: ["secretsmanager:PutSecretValue"], resources: ["AWS::SecretsManager::Secret"] },
  ],
  "apply-budgets": [
    {
      actions: [
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [table],
      keys: ["BUDGET#*", "SCOPE_BUDGETS#*", "BUDGET_TEMPLATES*"],
    },
    keepAudit,
    queryIndexes,
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

  it("of notify include the topics and functions that the settings list, and no others", () => {
    const topicArns = ["arn:aws:sns:eu-central-1:111122223333:alerts"];
    const functionArns = ["arn:aws:lambda:eu-central-1:111122223333:function:tell"];
    const allowed = allowedTo(synthesize({ channelTargets: { topicArns, functionArns } }), "notify");
    expect(allowed).toContainEqual({ actions: ["sns:Publish"], resources: topicArns });
    expect(allowed).toContainEqual({ actions: ["lambda:InvokeFunction"], resources: functionArns });
  });

  it("to write totals are the rollup's alone", () => {
    const writers = functionNames.filter((name) =>
      allowedTo(template(), name).some(
        ({ actions, keys }) =>
          actions.some(
            (action) => /Put|Update|Delete|Write/.test(action) && action.startsWith("dynamodb:"),
          ) &&
          (keys === undefined || keys.includes("TOTAL#*")),
      ),
    );
    expect(writers).toEqual(["rollup"]);
  });

  it("never hold a wildcard but in what they deny, in names of channels' secrets and in what X-Ray asks for", () => {
    const statements: Part[] = Object.values<Part>(template().toJSON().Resources)
      .flatMap((resource) => resource.Properties?.PolicyDocument?.Statement ?? [])
      .filter((statement) => statement.Effect === "Allow");
    const loose = statements.filter(
      (statement) =>
        JSON.stringify([statement.Action, statement.Principal ?? ""]).includes("*") ||
        JSON.stringify(statement.Resource).includes("*"),
    );
    expect(new Set(loose.flatMap((statement) => statement.Action))).toEqual(
      new Set([
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:DeleteSecret",
        "secretsmanager:GetSecretValue",
      ]),
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
    const budgetKeys = [budgetKey("b1").PK, activeBudgetsKey(scope).PK, BUDGET_TEMPLATES_PARTITION];
    const keys = {
      ingest: [metricKey("r1").PK, outcomeKey("o1").PK, volumeKey("v1").PK, PRICES_PARTITION],
      api: [
        ...budgetKeys,
        proposalKey("p1").PK,
        leaseKey("l1").PK,
        alertKey("a1").PK,
        CHANNELS_PARTITION,
        tokenKey("t1").PK,
        restatementKey("r1").PK,
        PRICE_AUDIT_PARTITION,
        PRICES_PARTITION,
      ],
      authorizer: [tokenKey("t1").PK],
      rollup: [
        leaseKey("l1").PK,
        prefixes.total,
        prefixes.cube,
        asideKey(at, "e1").PK,
        leasedSumKey("b1", "2026-11", "shard").PK,
        leaseSeenKey("l1", "shard").PK,
      ],
      "budget-watch": [
        budgetKey("b1").PK,
        activeBudgetsKey(scope).PK,
        alertKey("a1").PK,
        leaseKey("l1").PK,
        unpricedModelKey({ service: "openai", model: "gpt-9", operation: "chat" }).PK,
        budgetAuditKey("b1", at, "c1").PK,
      ],
      notify: [
        alertKey("a1").PK,
        CHANNELS_PARTITION,
        paceKey("c1", "team:growth").PK,
        prefixes.total,
        prefixes.cube,
        metricKey("r1").PK,
        alertKey("a1").PK,
        paceKey("c1", "team:growth").PK,
      ],
      restate: [
        metricKey("r1").PK,
        volumeKey("v1").PK,
        restatementKey("r1").PK,
        unpricedModelKey({ service: "openai", model: "gpt-9", operation: "chat" }).PK,
      ],
      "first-token": [tokenKey("t1").PK],
      "apply-budgets": [...budgetKeys, budgetAuditKey("b1", at, "c1").PK],
    };
    for (const [name, partitionKeys] of Object.entries(keys)) {
      const allowed = allowedTo(template(), name).flatMap((statement) => statement.keys ?? []);
      const needed = partitionKeys.map((key) => key.replace(/#.*|$/, (rest) => (rest === "" ? "*" : "#*")));
      expect(allowed).toEqual(needed);
    }
  });
});
