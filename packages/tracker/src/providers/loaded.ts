import type { ProviderWiring } from "./provider.ts";

/**
 * What reads a provider's calls. It is loaded when a client of that provider is wrapped, so that applications have no part of the
 * others; a call that is made before it is there waits for it.
 */
export class Loaded<Code> {
  readonly #loading: Promise<Code | undefined>;
  #code: Code | undefined;

  /** @param load where it fails, which takes a broken installation, calls are made and not recorded */
  constructor(load: () => Promise<Code>, { onProblem }: Pick<ProviderWiring, "onProblem">) {
    this.#loading = load().then(
      (code) => {
        this.#code = code;
        return code;
      },
      (error: unknown) => {
        onProblem({ kind: "recording", error: error instanceof Error ? error : new Error(String(error)) });
        return undefined;
      },
    );
  }

  /** Nothing to wait for in almost every case. */
  get(): Code | Promise<Code | undefined> {
    return this.#code ?? this.#loading;
  }
}
