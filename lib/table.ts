import type { RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import { Grant, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

export interface UsageTableProps {
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/** What partition keys start with. Each function is held to those it works on: only the rollup can write a total. */
export const partitions = {
  metric: "USAGE#",
  total: "TOTAL#",
  cube: "CUBE#",
  setAside: "ASIDE#",
  budget: "BUDGET#",
  scopeBudgets: "SCOPE_BUDGETS#",
  budgetTemplates: "BUDGET_TEMPLATES",
  proposal: "PROPOSAL#",
  lease: "LEASE#",
  alert: "ALERT#",
  channels: "CHANNELS",
  pace: "PACE#",
  unpriced: "UNPRICED#",
  volume: "VOLUME#",
  restatement: "RESTATEMENT#",
  prices: "PRICES",
  audit: "AUDIT#",
  token: "TOKEN#",
  outcome: "OUTCOME#",
} as const;

const budgetPartitions = [partitions.budget, partitions.scopeBudgets, partitions.budgetTemplates];

const indexNames = ["GSI1", "GSI2", "GSI3"];

/** The single table. Each grant gives a function what one task needs, and the table's name. */
export class UsageTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { deletionProtection, removalPolicy }: UsageTableProps) {
    super(scope, id);
    this.table = new Table(this, "Table", {
      partitionKey: { name: "PK", type: AttributeType.STRING },
      sortKey: { name: "SK", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: "expires_at",
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      deletionProtection,
      removalPolicy,
    });
    for (const indexName of indexNames) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: `${indexName}PK`, type: AttributeType.STRING },
        sortKey: { name: `${indexName}SK`, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }

  grantRecordUsage(fn: LambdaFunction): void {
    this.grantItems(
      fn,
      ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem"],
      [partitions.metric, partitions.outcome],
    );
    this.grantItems(fn, ["dynamodb:GetItem", "dynamodb:UpdateItem"], [partitions.volume]);
    this.grantItems(fn, ["dynamodb:GetItem", "dynamodb:Query"], [partitions.prices]);
  }

  grantServeApi(fn: LambdaFunction): void {
    this.grantItems(fn, ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]);
    this.grantItems(
      fn,
      ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      [
        ...budgetPartitions,
        partitions.proposal,
        partitions.lease,
        partitions.alert,
        partitions.channels,
        partitions.token,
        partitions.restatement,
      ],
    );
    this.grantKeepAudit(fn);
    this.grantItems(
      fn,
      ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      [partitions.prices],
    );
    this.grantQueryIndexes(fn);
  }

  /** Makes budgets of those that the deployment names, and changes them. */
  grantApplyBudgets(fn: LambdaFunction): void {
    this.grantItems(
      fn,
      [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      budgetPartitions,
    );
    this.grantKeepAudit(fn);
    this.grantQueryIndexes(fn);
  }

  /** Changes the price of a metric, and nothing else of it; the totals follow by the stream. */
  grantRestate(fn: LambdaFunction): void {
    this.grantItems(fn, ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"]);
    this.grantItems(
      fn,
      ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      [partitions.metric, partitions.volume, partitions.restatement],
    );
    this.grantItems(fn, ["dynamodb:UpdateItem", "dynamodb:DeleteItem"], [partitions.unpriced]);
    this.grantQueryIndexes(fn);
  }

  grantAuthenticate(fn: LambdaFunction): void {
    this.grantItems(fn, ["dynamodb:GetItem"], [partitions.token]);
  }

  /** The only one that writes totals. Of leases and budgets it writes what their calls have been counted to come to. */
  grantApplyRollups(fn: LambdaFunction): void {
    const { total, cube, setAside, budget, lease } = partitions;
    this.grantItems(fn, ["dynamodb:BatchGetItem"], [lease]);
    this.grantItems(fn, ["dynamodb:UpdateItem", "dynamodb:PutItem"], [total, cube, setAside, budget, lease]);
  }

  /** Besides alerts, it makes the budgets of templates, and keeps ledgers and leases in step with the totals. */
  grantWatchBudgets(fn: LambdaFunction): void {
    const { budget, scopeBudgets, alert, lease } = partitions;
    this.grantItems(fn, ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]);
    this.grantItems(fn, ["dynamodb:PutItem", "dynamodb:UpdateItem"], [budget, scopeBudgets, alert, lease]);
    this.grantItems(fn, ["dynamodb:UpdateItem"], [partitions.unpriced]);
    this.grantKeepAudit(fn);
    this.grantQueryIndexes(fn);
  }

  /** Beside the alert it reads what drove it: totals, the cube, single calls. */
  grantDeliverAlerts(fn: LambdaFunction): void {
    const { alert, channels, pace, total, cube, metric } = partitions;
    this.grantItems(
      fn,
      ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
      [alert, channels, pace, total, cube, metric],
    );
    this.grantItems(fn, ["dynamodb:PutItem", "dynamodb:UpdateItem"], [alert, pace]);
    this.grantQueryIndexes(fn);
  }

  grantCreateToken(fn: LambdaFunction): void {
    this.grantItems(fn, ["dynamodb:PutItem"], [partitions.token]);
  }

  grantReadStream(fn: LambdaFunction): Grant {
    // Not CDK's own grant: it lets the function list every stream of the account.
    return Grant.addToPrincipal({
      grantee: fn,
      actions: [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ],
      resourceArns: [this.streamArn],
    });
  }

  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error("the table is made with a stream");
    return tableStreamArn;
  }

  /** An entry of the audit trail is put once, and never changed. */
  private grantKeepAudit(fn: LambdaFunction): void {
    this.grantItems(fn, ["dynamodb:PutItem"], [partitions.audit]);
  }

  private grantQueryIndexes(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ["dynamodb:Query"],
        resources: indexNames.map((indexName) => `${this.table.tableArn}/index/${indexName}`),
      }),
    );
  }

  private grantItems(fn: LambdaFunction, actions: string[], keyPrefixes?: readonly string[]): void {
    const leadingKeys = keyPrefixes?.map((prefix) => `${prefix}*`);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: leadingKeys && { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": leadingKeys } },
      }),
    );
    fn.addEnvironment("DYNAMODB_TABLE_NAME", this.table.tableName);
  }
}
