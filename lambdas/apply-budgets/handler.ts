import { randomUUID } from "node:crypto";
import { instantFromEpochMs } from "@ai-usage/core";
import { ScopeFullError } from "@ai-usage/store";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import * as z from "zod";
import { answerCloudFormation, type CustomResourceOutcome } from "../custom-resource.ts";
import { asError, logger, tableFromEnvironment } from "../environment.ts";
import { applyBudgetSet } from "./apply-set.ts";
import { BudgetSettingsError, readBudgetSet } from "./read-set.ts";

const table = tableFromEnvironment();
const propertiesSchema = z.object({ Budgets: z.string() });

/** Custom resource of the deployment: makes its budgets and templates what the settings say. It leaves them when it goes. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await answerCloudFormation(event, "budgets", await outcomeOf(event));
}

async function outcomeOf(event: CloudFormationCustomResourceEvent): Promise<CustomResourceOutcome> {
  if (event.RequestType === "Delete") return { Status: "SUCCESS" };
  try {
    const { Budgets: json } = propertiesSchema.parse(event.ResourceProperties);
    const { created, changed, ended } = await applyBudgetSet(table, readBudgetSet(json), {
      now: instantFromEpochMs(Date.now()),
      newChangeId: () => `chg_${randomUUID().replaceAll("-", "").slice(0, 16)}`,
    });
    logger.info("budgets applied", { created, changed, ended });
    return {
      Status: "SUCCESS",
      Data: { Created: String(created), Changed: String(changed), Ended: String(ended) },
    };
  } catch (error) {
    logger.error("budgets could not be applied", asError(error));
    const isOfSettings = error instanceof BudgetSettingsError || error instanceof ScopeFullError;
    return { Status: "FAILED", Reason: isOfSettings ? error.message : "see the log of the function" };
  }
}
