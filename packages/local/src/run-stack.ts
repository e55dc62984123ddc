import { join } from "node:path";
import type { FaultPlan, StreamMapping } from "./engine/index.ts";
import { openLog } from "./home/log.ts";
import { createHttpApi } from "./services/api-gateway/http-api.ts";
import { readHttpApi } from "./services/api-gateway/read-routes.ts";
import {
  awsEndpoints,
  customResourceResponsesUrl,
  endpointVariables,
  lambdaEndpoint,
} from "./services/aws-endpoints.ts";
import { CustomResources } from "./services/custom-resources.ts";
import { startDynamoDB } from "./services/dynamodb.ts";
import { EventBuses } from "./services/event-bridge/event-bus.ts";
import { startScheduledRules } from "./services/event-bridge/scheduled-rules.ts";
import { AsyncInvocations } from "./services/lambda/async-invocations.ts";
import { startEventSourceMappings } from "./services/lambda/event-source-mappings.ts";
import { createFunctions } from "./services/lambda/functions.ts";
import { listenNextTo, listenOnLoopback } from "./services/loopback-server.ts";
import { Secrets } from "./services/secrets-manager/secrets.ts";
import { Identities } from "./services/ses/identities.ts";
import { Inbox } from "./services/ses/inbox.ts";
import { inboxPage } from "./services/ses/inbox-page.ts";
import { Topics } from "./services/sns/topics.ts";
import { Queues } from "./services/sqs.ts";
import type { Stack } from "./template/stack.ts";

export interface RunStackOptions {
  readonly stack: Stack;
  /** Everything that the stack keeps is under this directory. */
  readonly state: string;
  /** Whether the state is thrown away afterwards. @default false */
  readonly ephemeral?: boolean;
  /** Of the HTTP API; 0 takes any that is free. The inbox takes the next one when it can. */
  readonly port: number;
  /** How the stream misbehaves. @default it does not */
  readonly faults?: FaultPlan;
  /** Repeats the same faults. @default 1 */
  readonly seed?: number;
}

/** A stack that runs: what its template declares, and nothing else. */
export interface RunningStack {
  readonly apiUrl: string;
  readonly inboxUrl: string;
  readonly dynamodbEndpoint: string;
  readonly lambdaEndpoint: string;
  readonly secrets: Secrets;
  /**
   * Waits until nothing is on its way any more: no record of a stream, no event, no asynchronous invocation.
   * What a schedule has yet to send is not on its way.
   */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the parts in the order in which they need each other; stops them in the opposite one. */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
  // First of all: a port that is taken is known at once, and the template may refer to the address.
  const gateway = await listenOnLoopback(options.port);
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await gateway.stop();
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  try {
    const { stack } = options;
    stack.bindAttribute(readHttpApi(stack).logicalId, "ApiEndpoint", gateway.url);
    const { addresses, invoke, inbox, topics, secrets, log, drained } = await startBackend(options, keep);
    const inboxServer = keep(await listenNextTo(gateway));
    inboxServer.serve(inboxPage(inbox, topics));
    gateway.serve(createHttpApi({ stack, invoke, log }));
    return { apiUrl: gateway.url, inboxUrl: inboxServer.url, ...addresses, secrets, drained, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = <Part extends { stop(): Promise<void> }>(part: Part) => Part;

/** Table, functions and the services between them. */
async function startBackend(
  { stack, state, ephemeral = false, faults, seed = 1 }: RunStackOptions,
  keep: Keep,
) {
  const log = openLog(join(state, "logs", "services.log"));
  const engine = keep(await startDynamoDB({ stack, state, ephemeral }));
  const aws = keep(await listenOnLoopback(0));

  const endpoints = endpointVariables(aws.url, engine.endpoint);
  const functions = keep(createFunctions(stack, { endpoints, logDirectory: join(state, "logs") }));
  const { invoke } = functions;
  const queues = new Queues(stack, join(state, "queues"));
  const journalFile = join(state, "async-invocations.jsonl");
  const invocations = keep(new AsyncInvocations({ stack, invoke, queues, journalFile, log }));
  const inbox = new Inbox(join(state, "inbox"));
  const secrets = await Secrets.open(stack, join(state, "secrets.json"));
  const customResources = new CustomResources({
    stack,
    invoke,
    file: join(state, "custom-resources.json"),
    responsesUrl: customResourceResponsesUrl(aws.url),
  });
  const buses = new EventBuses(stack, invocations);
  const identities = new Identities(stack);
  const topics = new Topics(join(state, "topics"));
  const services = { buses, functions, invocations, secrets, inbox, identities, topics, customResources };
  aws.serve(awsEndpoints(services));

  await customResources.apply();
  invocations.start();
  const { mappings } = keep(
    startEventSourceMappings({ stack, engine, functions, queues, state, faults, seed, log }),
  );
  keep(startScheduledRules(stack, invocations));
  return {
    addresses: { dynamodbEndpoint: engine.endpoint, lambdaEndpoint: lambdaEndpoint(aws.url) },
    invoke,
    inbox,
    topics,
    secrets,
    log,
    drained: () => drain(mappings, invocations),
  };
}

/** What one part delivers may give another something to do, so all are asked until none had anything. */
async function drain(mappings: readonly StreamMapping[], invocations: AsyncInvocations): Promise<void> {
  const delivered = () =>
    mappings.reduce((sum, mapping) => sum + mapping.stats().invocations, invocations.settled);
  for (let before = -1; before !== delivered(); ) {
    before = delivered();
    await Promise.all(mappings.map((mapping) => mapping.drained()));
    await invocations.drained();
  }
}
