import { Duration, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Grant } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { ChannelAccess } from "./channel-access.ts";
import { alarmPeriod, OperationsAlarm } from "./operations-alarm.ts";
import type { Settings } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface UsageHttpApiProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  readonly settings: Settings;
  /** Prices stored metrics anew when the API is asked to. */
  readonly restate: UsageFunction;
  /** Tries a channel out when the API is asked to. */
  readonly notify: UsageFunction;
  readonly channels: ChannelAccess;
  /** Takes what is sent to be stored: metrics, outcomes and spans. */
  readonly ingest: UsageFunction;
}

/** The HTTP API. Who may call what is decided by the token, on every route but the open ones. */
export class UsageHttpApi extends Construct {
  readonly api: UsageFunction;
  readonly authorizer: UsageFunction;
  readonly httpApi: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: UsageHttpApiProps) {
    super(scope, id);
    this.api = this.apiFunction(props);
    this.authorizer = this.authorizerFunction(props);
    this.httpApi = new HttpApi(this, "Api", {
      description: "ai-usage: what AI calls cost",
      apiName: "ai-usage",
      createDefaultStage: false,
    });
    this.addRoutes(props.ingest);
    this.url = this.addStage(props.defaults).url;
    new OperationsAlarm(this, "ServerErrors", {
      metric: this.httpApi.metricServerError({ period: alarmPeriod, statistic: Stats.SUM }),
      meaning: "Requests to the HTTP API are answered with 5xx.",
      runbook: "api-server-errors",
    });
  }

  private apiFunction({
    defaults,
    table,
    settings,
    restate,
    notify,
    channels,
  }: UsageHttpApiProps): UsageFunction {
    const { aboveAmount = "", aboveRatio = "" } = settings.approval;
    const fn = new UsageFunction(this, "ApiFunction", {
      defaults,
      name: "api",
      description: "Answers the HTTP API: usage, budgets, leases, alerts, channels, prices, tokens",
      timeout: Duration.seconds(29),
      memoryMiB: 1024,
      whenItFails: "Queries, budgets, leases, alerts, channels, prices or tokens cannot be read or changed.",
      environment: {
        RETENTION_DAYS: String(settings.retentionDays),
        SCOPE_METADATA_KEYS: settings.scopeMetadataKeys.join(","),
        UNPRICED_POLICY: settings.unpricedPolicy,
        PRICE_REFRESH_SECONDS: "20",
        RESTATE_FUNCTION_NAME: restate.functionName,
        NOTIFY_FUNCTION_NAME: notify.functionName,
        BUDGET_APPROVAL_ABOVE_AMOUNT: aboveAmount,
        BUDGET_APPROVAL_ABOVE_RATIO: aboveRatio,
      },
    });
    Grant.addToPrincipal({
      grantee: fn,
      actions: ["lambda:InvokeFunction"],
      resourceArns: [restate.functionArn, notify.functionArn],
    });
    channels.grantKeepChannels(fn);
    table.grantServeApi(fn);
    return fn;
  }

  private authorizerFunction({ defaults, table }: UsageHttpApiProps): UsageFunction {
    const fn = new UsageFunction(this, "AuthorizerFunction", {
      defaults,
      name: "authorizer",
      description: "Finds out who a token belongs to and what it may do",
      timeout: Duration.seconds(5),
      memoryMiB: 512,
      whenItFails: "Requests with a good token are refused.",
    });
    table.grantAuthenticate(fn);
    return fn;
  }

  private addRoutes(ingest: UsageFunction): void {
    const toApi = new HttpLambdaIntegration("ToApi", this.api);
    const toIngest = new HttpLambdaIntegration("ToIngest", ingest);
    const token = new HttpLambdaAuthorizer("Token", this.authorizer, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ["$request.header.Authorization"],
      // A revoked token works for as long as this, at most.
      resultsCacheTtl: Duration.seconds(30),
    });
    const route = (
      path: string,
      method: HttpMethod,
      integration: HttpLambdaIntegration,
      authorizer: IHttpRouteAuthorizer,
    ): HttpRoute[] => this.httpApi.addRoutes({ path, methods: [method], integration, authorizer });
    route("/ai_usage", HttpMethod.POST, toIngest, token);
    route("/outcomes", HttpMethod.POST, toIngest, token);
    route("/v1/traces", HttpMethod.POST, toIngest, token);
    route("/{proxy+}", HttpMethod.ANY, toApi, token);
    for (const [path, reason] of Object.entries(openRoutes)) {
      for (const open of route(path, HttpMethod.GET, toApi, new HttpNoneAuthorizer())) {
        Validations.of(open).acknowledge({ id: "AwsSolutions-APIG4", reason });
      }
    }
  }

  private addStage({ logRetention, removalPolicy }: FunctionDefaults): HttpStage {
    const accessLog = new LogGroup(this, "AccessLog", { retention: logRetention, removalPolicy });
    return new HttpStage(this, "Stage", {
      httpApi: this.httpApi,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(accessLogLine),
      },
    });
  }
}

/** What is answered without a token, and why. */
const openRoutes = {
  "/health": "Monitors ask for the health without a token; the answer holds the version only.",
  "/openapi.json":
    "Tools read the description of the API without a token; it is the same in every deployment.",
};

const accessLogLine = JSON.stringify({
  time: "$context.requestTime",
  request_id: "$context.requestId",
  source_ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  path: "$context.path",
  status: "$context.status",
  response_bytes: "$context.responseLength",
  latency_ms: "$context.responseLatency",
  authorizer_error: "$context.authorizer.error",
  integration_error: "$context.integrationErrorMessage",
});
