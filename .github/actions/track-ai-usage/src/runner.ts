import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the runner is told, as its workflow commands and its command files have it.
 * Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export class Runner {
  readonly env: Environment;
  /** Whether the step, and its job with it, is to fail. */
  hasFailed = false;

  constructor(env: Environment = process.env) {
    this.env = env;
  }

  info(text: string): void {
    // A line of ours that began as a command does would be one.
    console.log(text.replace(/^(?=\s*(::|##\[))/gm, "- "));
  }

  notice(text: string): void {
    this.#command("notice", text);
  }

  warning(text: string): void {
    this.#command("warning", text);
  }

  fail(text: string): void {
    this.#command("error", text);
    this.hasFailed = true;
  }

  mask(secret: string): void {
    console.log(`::add-mask::${escaped(secret)}`);
  }

  /** For the steps that come after this one. */
  exportVariable(name: string, value: string): void {
    this.#setIn("GITHUB_ENV", name, value);
  }

  setOutput(name: string, value: string): void {
    this.#setIn("GITHUB_OUTPUT", name, value);
  }

  /** For this action at the end of the job, in `STATE_<name>`. */
  saveState(name: string, value: string): void {
    this.#setIn("GITHUB_STATE", name, value);
  }

  summarize(markdown: string): void {
    this.#append("GITHUB_STEP_SUMMARY", `${markdown}\n`);
  }

  #command(name: string, text: string): void {
    console.log(`::${name} title=AI usage::${escaped(text)}`);
  }

  #setIn(file: string, name: string, value: string): void {
    // Nobody who has a say in a value can guess how it ends.
    const end = `end-${randomUUID()}`;
    this.#append(file, `${name}<<${end}\n${value}\n${end}\n`);
  }

  #append(variable: string, text: string): void {
    const file = this.env[variable];
    if (file) appendFileSync(file, text);
  }
}

const escaped = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
