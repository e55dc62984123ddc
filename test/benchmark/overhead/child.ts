import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

interface Answer {
  readonly id?: number;
  readonly kind?: string;
  readonly result?: unknown;
  readonly error?: string;
}

/** A process that is asked by messages, one at a time. */
export class Child<Ready> {
  readonly ready: Ready;
  readonly #process: ChildProcess;
  #asked = 0;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#process = child;
    this.ready = ready;
  }

  /** @returns when it has said that it is ready */
  static async start<Ready>(
    file: URL,
    parameters: readonly string[] = [],
    environment = {},
  ): Promise<Child<Ready>> {
    const child = fork(file, [...parameters], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: ["--disable-warning=Warning"],
      env: { ...process.env, ...environment },
    });
    const failed = once(child, "exit").then(() =>
      Promise.reject(new Error(`${file.pathname} ended before it was ready`)),
    );
    const [ready] = (await Promise.race([once(child, "message"), failed])) as [Ready];
    failed.catch(() => {});
    return new Child(child, ready);
  }

  async ask<Result>(message: object): Promise<Result> {
    this.#asked += 1;
    const id = this.#asked;
    this.#process.send({ id, ...message });
    for (;;) {
      const [answer] = (await once(this.#process, "message")) as [Answer];
      if (answer.id !== id) continue;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.result as Result;
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}
