import { readFileSync } from "node:fs";
import { nameProblem } from "../../../../packages/core/src/scope.ts";
import type { Inputs } from "./inputs.ts";
import type { Environment } from "./runner.ts";

/** The run whose calls are recorded. What of it others have chosen, a branch's name say, is not among it. */
export interface WorkflowRun {
  readonly repository: string;
  readonly workflow: string;
  readonly runId: string;
  readonly runAttempt: string;
  /** Key of the job in the workflow; of a whole run there is none. */
  readonly job?: string;
  readonly actor: string;
  readonly event: string;
  readonly pullRequest?: number;
  /** When the run started, where it is another one. */
  readonly startedAt?: string;
  /** Whether secrets are kept from it, because others have a say in what it runs. */
  readonly isFromOutside: boolean;
}

/** Of the payloads of events. Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
interface Event {
  readonly pull_request?: { readonly number?: number; readonly head?: Head; readonly base?: Head };
  readonly issue?: { readonly number?: number; readonly pull_request?: object };
  readonly workflow_run?: {
    readonly id?: number;
    readonly name?: string;
    readonly run_attempt?: number;
    readonly run_started_at?: string;
    readonly event?: string;
    readonly actor?: { readonly login?: string };
    readonly pull_requests?: readonly { readonly number?: number }[];
  };
}

interface Head {
  readonly repo?: { readonly full_name?: string } | null;
}

type Told = Pick<Inputs, "callsOf" | "prNumber">;

/** What the variables of the runner and the event's payload say. Where both say nothing, texts are empty. */
export function workflowRunOf(env: Environment, { callsOf, prNumber }: Told): WorkflowRun {
  const event = eventOf(env);
  const own = {
    repository: env.GITHUB_REPOSITORY ?? "",
    workflow: env.GITHUB_WORKFLOW ?? "",
    runId: env.GITHUB_RUN_ID ?? "",
    runAttempt: env.GITHUB_RUN_ATTEMPT ?? "",
    actor: env.GITHUB_ACTOR ?? "",
    event: env.GITHUB_EVENT_NAME ?? "",
    isFromOutside: isFromFork(event) || env.GITHUB_ACTOR === "dependabot[bot]",
  };
  const pullRequest = prNumber ?? pullRequestOf(event, env);
  const told = pullRequest !== undefined && { pullRequest };
  if (callsOf === "this-job") return { ...own, job: env.GITHUB_JOB ?? "", ...told };
  const { workflow_run: triggering } = event;
  if (callsOf === "this-run" || triggering === undefined) return { ...own, ...told };
  return {
    ...own,
    workflow: triggering.name ?? own.workflow,
    runId: String(triggering.id ?? own.runId),
    runAttempt: String(triggering.run_attempt ?? own.runAttempt),
    actor: triggering.actor?.login ?? own.actor,
    event: triggering.event ?? own.event,
    ...(triggering.run_started_at !== undefined && { startedAt: triggering.run_started_at }),
    ...told,
  };
}

function eventOf({ GITHUB_EVENT_PATH: path }: Environment): Event {
  try {
    const event: unknown = path ? JSON.parse(readFileSync(path, "utf8")) : {};
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}

function pullRequestOf(event: Event, { GITHUB_REF = "" }: Environment): number | undefined {
  const { pull_request, issue, workflow_run } = event;
  const inRef =
    /^refs\/pull\/(\d+)\//.exec(GITHUB_REF) ??
    /^refs\/heads\/gh-readonly-queue\/.*\/pr-(\d+)-[0-9a-f]+$/.exec(GITHUB_REF);
  const number =
    pull_request?.number ??
    (issue?.pull_request ? issue.number : undefined) ??
    workflow_run?.pull_requests?.[0]?.number ??
    (inRef ? Number(inRef[1]) : undefined);
  return Number.isSafeInteger(number) && Number(number) >= 1 && Number(number) <= 1e9 ? number : undefined;
}

function isFromFork({ pull_request }: Event): boolean {
  if (pull_request === undefined) return false;
  // A fork that was deleted meanwhile is null.
  return pull_request.head?.repo?.full_name !== pull_request.base?.repo?.full_name;
}

/** The job of all calls of a run: run ids are unique on GitHub. */
export const jobIdOf = ({ runId }: WorkflowRun): string => `github-run-${runId}`;

/** What the calls of a run are told by. A name of a workflow may be anything, and longer than a name here. */
export function featureOf({ workflow }: WorkflowRun): string | undefined {
  const name = workflow.replace(/[\s\p{Cc}\p{Cs}\p{Zl}\p{Zp}#]+/gu, " ").trim();
  const short = [...name].slice(0, 64).join("").trim();
  return nameProblem(short) === undefined ? short : undefined;
}

const VALUE_LENGTH_MAX = 256;

export function metadataOf(run: WorkflowRun): Record<string, string> {
  const { repository, workflow, runId, runAttempt, job, actor, event } = run;
  const told = {
    github_repository: repository,
    github_workflow: workflow,
    github_run_id: runId,
    github_run_attempt: runAttempt,
    github_job: job ?? "",
    github_actor: actor,
    github_event: event,
  };
  const known = Object.entries(told).filter(([, value]) => value !== "");
  return Object.fromEntries(known.map(([name, value]) => [name, value.slice(0, VALUE_LENGTH_MAX)]));
}
