import { Hono } from "hono";
import { awsJson } from "./aws-json.ts";
import type { CustomResources } from "./custom-resources.ts";
import type { EventBuses } from "./event-bridge/event-bus.ts";
import { putEvents } from "./event-bridge/put-events.ts";
import type { AsyncInvocations } from "./lambda/async-invocations.ts";
import type { Functions } from "./lambda/functions.ts";
import { lambdaApi } from "./lambda/invoke-api.ts";
import type { Secrets } from "./secrets-manager/secrets.ts";
import type { Identities } from "./ses/identities.ts";
import type { Inbox } from "./ses/inbox.ts";
import { sesApi } from "./ses/ses-api.ts";
import { snsApi } from "./sns/sns-api.ts";
import type { Topics } from "./sns/topics.ts";

/** Where each service is mounted, by the name the SDK gives it in `AWS_ENDPOINT_URL_<NAME>`. */
const PATHS = {
  EVENTBRIDGE: "/eventbridge",
  LAMBDA: "/lambda",
  SECRETS_MANAGER: "/secretsmanager",
  SES: "/ses",
  SNS: "/sns",
} as const;
const RESPONSES_PATH = "/cloudformation/responses";

export interface AwsServices {
  readonly buses: EventBuses;
  readonly functions: Functions;
  readonly invocations: AsyncInvocations;
  readonly secrets: Secrets;
  readonly inbox: Inbox;
  readonly identities: Identities;
  readonly topics: Topics;
  readonly customResources: CustomResources;
}

/** Environment that leads the SDKs in the functions to this machine. */
export function endpointVariables(baseUrl: string, dynamodbEndpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    ...Object.fromEntries(
      Object.entries(PATHS).map(([name, path]) => [`AWS_ENDPOINT_URL_${name}`, baseUrl + path]),
    ),
  };
}

export function lambdaEndpoint(baseUrl: string): string {
  return baseUrl + PATHS.LAMBDA;
}

export function customResourceResponsesUrl(baseUrl: string): string {
  return baseUrl + RESPONSES_PATH;
}

/** The services of AWS that functions and applications call, on one server. */
export function awsEndpoints(services: AwsServices): Hono {
  // The SDK adds a slash to the path of an endpoint.
  const app = new Hono({ strict: false });
  // Signatures are not checked, so a page in this machine's browser must not get in: only browsers send an Origin.
  app.use(async (context, next) => {
    if (context.req.header("origin") !== undefined) return context.text("not for browsers\n", 403);
    return next();
  });
  app.post(PATHS.EVENTBRIDGE, awsJson({ "AWSEvents.PutEvents": putEvents(services.buses) }));
  app.post(PATHS.SECRETS_MANAGER, awsJson(services.secrets.operations()));
  app.route(PATHS.SES, sesApi(services.inbox, services.identities));
  app.route(PATHS.SNS, snsApi(services.topics));
  app.route(PATHS.LAMBDA, lambdaApi(services.functions, services.invocations));
  app.route(RESPONSES_PATH, services.customResources.responses());
  return app;
}
