import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const ACTION = join(REPOSITORY, ".github/actions/track-ai-usage");

// From this version on Node.js runs TypeScript by itself, as that of the runner does.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const AS_IT_IS = major > 22 || (major === 22 && minor >= 18);

const { inputs: declared } = parse(readFileSync(join(ACTION, "action.yml"), "utf8")) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
};
/** The runner gives every input that action.yml has, an empty one where nothing is said. */
const DEFAULTS = Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, one.default ?? ""]));

type Variables = Readonly<Record<string, string>>;

export interface StepResult {
  readonly exitCode: number | null;
  readonly log: string;
  /** What the step has told the runner through its files. */
  readonly env: Variables;
  readonly outputs: Variables;
  readonly summary: string;
}

/** A job as the runner of GitHub Actions has it: its variables, its folder, and the files of each of its steps. */
export class ActionJob {
  readonly workspace: string;
  readonly temporary: string;
  readonly #directory: string;
  readonly #variables: Variables;
  #steps = 0;
  #state: Variables = {};

  constructor({ directory, variables, event }: { directory: string; variables: Variables; event: object }) {
    this.#directory = directory;
    [this.workspace, this.temporary] = [join(directory, "workspace"), join(directory, "temporary")];
    for (const folder of [this.workspace, this.temporary]) mkdirSync(folder, { recursive: true });
    const eventPath = join(directory, "event.json");
    writeFileSync(eventPath, JSON.stringify(event));
    this.#variables = {
      ...variables,
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_WORKSPACE: this.workspace,
      RUNNER_TEMP: this.temporary,
    };
  }

  /** Runs the action's `main` as a step, with its inputs by the names in action.yml. */
  async main(inputs: Variables, step = "track"): Promise<StepResult> {
    return this.#run("src/main.ts", inputs, step);
  }

  /** Runs its `post` at the end of the job, with what `main` has left for it. */
  async post(inputs: Variables, step = "track"): Promise<StepResult> {
    return this.#run("src/post.ts", inputs, step);
  }

  async #run(script: string, inputs: Variables, step: string): Promise<StepResult> {
    this.#steps += 1;
    const file = (name: string) => join(this.#directory, `${this.#steps}-${name}`);
    const names = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];
    for (const name of names) writeFileSync(file(name), "");
    const env = {
      PATH: process.env.PATH ?? "",
      ...this.#variables,
      ...Object.fromEntries(names.map((name) => [name, file(name)])),
      ...Object.fromEntries(
        Object.entries({ ...DEFAULTS, ...inputs }).map(([name, text]) => [
          `INPUT_${name.toUpperCase()}`,
          text,
        ]),
      ),
      ...Object.fromEntries(Object.entries(this.#state).map(([name, text]) => [`STATE_${name}`, text])),
      GITHUB_ACTION: step,
    };
    const { exitCode, log } = await runNode(join(ACTION, script), env);
    const read = (name: string) => readFileSync(file(name), "utf8");
    this.#state = { ...this.#state, ...variablesIn(read("GITHUB_STATE")) };
    return {
      ...{ exitCode, log, summary: read("GITHUB_STEP_SUMMARY") },
      ...{ env: variablesIn(read("GITHUB_ENV")), outputs: variablesIn(read("GITHUB_OUTPUT")) },
    };
  }
}

async function runNode(script: string, env: Variables) {
  const child = spawn(process.execPath, [...(AS_IT_IS ? [] : ["--import", "tsx"]), script], {
    cwd: REPOSITORY,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk));
  const exitCode = await new Promise<number | null>((done, fail) =>
    child.on("error", fail).on("close", done),
  );
  return { exitCode, log };
}

/** Of a command file, as the runner reads it: a name, where its value ends, the value. */
function variablesIn(text: string): Variables {
  const variables: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const [all = "", name = "", , value = ""] = /^([^\n<]+)<<([^\n]+)\n([\s\S]*?)\n\2\n/.exec(rest) ?? [];
    if (all === "") throw new Error(`the runner would refuse what begins with ${rest.slice(0, 80)}`);
    variables[name] = value;
    rest = rest.slice(all.length);
  }
  return variables;
}
