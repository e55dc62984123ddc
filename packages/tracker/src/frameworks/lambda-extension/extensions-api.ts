import { type IncomingHttpHeaders, request } from "node:http";

/**
 * Lambda's Extensions API, as an external extension uses it.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export class ExtensionsApi {
  readonly #address: string;
  readonly #identifier: string;

  private constructor(address: string, identifier: string) {
    this.#address = address;
    this.#identifier = identifier;
  }

  /**
   * @param address host and port, as AWS_LAMBDA_RUNTIME_API has them
   * @param name the file's in `/opt/extensions`
   * @throws ExtensionsApiError
   */
  static async register({
    address,
    name,
  }: {
    readonly address: string;
    readonly name: string;
  }): Promise<ExtensionsApi> {
    const { headers } = await call(address, {
      method: "POST",
      path: "register",
      headers: { "lambda-extension-name": name },
      body: { events: ["INVOKE", "SHUTDOWN"] },
    });
    const identifier = headers["lambda-extension-identifier"];
    if (typeof identifier !== "string") throw new ExtensionsApiError("the extension got no identifier");
    return new ExtensionsApi(address, identifier);
  }

  /** Waits for the next event, however long that takes: the environment may stand still meanwhile. @throws ExtensionsApiError */
  async next(): Promise<ExtensionEvent> {
    const headers = { "lambda-extension-identifier": this.#identifier };
    const { text } = await call(this.#address, { method: "GET", path: "event/next", headers });
    return JSON.parse(text) as ExtensionEvent;
  }
}

export type ExtensionEvent = {
  readonly eventType: "INVOKE" | "SHUTDOWN";
  /** Epoch milliseconds: what is not done by then is cut off. */
  readonly deadlineMs: number;
};

class ExtensionsApiError extends Error {
  override readonly name = "ExtensionsApiError";
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Not by `fetch`, which gives up on an answer that takes minutes. */
function call(address: string, { method, path, headers, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new ExtensionsApiError(`the Extensions API failed at ${path}: ${error.message}`, { cause: error }),
      );
    const url = `http://${address}/2020-01-01/extension/${path}`;
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      try {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part);
        const { statusCode = 0 } = response;
        if (statusCode >= 300) throw new Error(`the answer was ${statusCode}`);
        resolve({ headers: response.headers, text: Buffer.concat(parts).toString() });
      } catch (error) {
        failed(error as Error);
      }
    });
    sent.on("error", failed);
    sent.end(body && JSON.stringify(body));
  });
}
