import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";

export interface OperationsAlarmProps {
  readonly metric: IMetric;
  /** What is wrong when it rings, in one sentence. */
  readonly meaning: string;
  /** Heading of docs/operations.md that says what to do. */
  readonly runbook: string;
  /**
   * The alarm rings from this value on.
   * @default 1
   */
  readonly threshold?: number;
}

/** An alarm that tells its reader what is wrong and where it is written what to do about it. */
export class OperationsAlarm extends Alarm {
  constructor(
    scope: Construct,
    id: string,
    { metric, meaning, runbook, threshold = 1 }: OperationsAlarmProps,
  ) {
    super(scope, id, {
      metric,
      alarmDescription: `${meaning} What to do: docs/operations.md#${runbook}`,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

export const alarmPeriod = Duration.minutes(5);
