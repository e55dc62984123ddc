import { alertEndpoints } from "./alerts.ts";
import { budgetEndpoints, costEndpoints, templateEndpoints } from "./budgets.ts";
import { channelEndpoints } from "./channels.ts";
import type { EndpointGroup } from "./endpoint.ts";
import { leaseEndpoints } from "./leases.ts";
import { outcomeEndpoints } from "./outcomes.ts";
import { priceEndpoints } from "./prices.ts";
import { restatementEndpoints } from "./restatements.ts";
import { serviceEndpoints } from "./service.ts";
import { tokenEndpoints } from "./tokens.ts";
import { traceEndpoints } from "./traces.ts";
import { usageEndpoints } from "./usage.ts";

/** All that the HTTP API answers, in the order of a manual. */
export const endpointGroups: readonly EndpointGroup[] = [
  usageEndpoints,
  outcomeEndpoints,
  traceEndpoints,
  budgetEndpoints,
  templateEndpoints,
  costEndpoints,
  leaseEndpoints,
  alertEndpoints,
  channelEndpoints,
  priceEndpoints,
  restatementEndpoints,
  tokenEndpoints,
  serviceEndpoints,
];
