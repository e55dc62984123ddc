import type { Alert, AlertKind, AlertState } from "./alert.ts";
import { isAtLeastLevel, type ThresholdLevel } from "./budget.ts";
import type { Scope } from "./scope.ts";

/** Which alerts are asked for. What is absent does not matter. */
export interface AlertSelection {
  readonly states?: readonly AlertState[];
  /** This one and those above it. */
  readonly level?: ThresholdLevel;
  readonly kinds?: readonly AlertKind[];
  readonly scope?: Scope;
  readonly budgetId?: string;
}

export function isAlertSelected(
  { states, level, kinds, scope, budgetId }: AlertSelection,
  alert: Alert,
): boolean {
  return (
    (states === undefined || states.includes(alert.state)) &&
    (level === undefined || isAtLeastLevel(alert.level, level)) &&
    (kinds === undefined || kinds.includes(alert.kind)) &&
    (scope === undefined || scope === alert.scope) &&
    (budgetId === undefined || ("budgetId" in alert && alert.budgetId === budgetId))
  );
}
