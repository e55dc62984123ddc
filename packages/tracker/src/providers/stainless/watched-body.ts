/** Looks at the bytes of a body as somebody else reads them. */
export interface BodyWatcher {
  see(bytes: Uint8Array): void;
  end(): void;
  broken(error: unknown): void;
  left(): void;
}

/** Puts a stream in the place of a response's body that reads from it, no sooner than somebody reads. */
export function watchBody(response: Response, watcher: () => BodyWatcher): void {
  const { body } = response;
  if (body === null) return;
  let watched: ReadableStream<Uint8Array> | undefined;
  Object.defineProperty(response, "body", {
    get: () => {
      watched ??= watchedStream(body, watcher());
      return watched;
    },
    configurable: true,
  });
}

/** Nothing of the body is touched until the first read: who only looks whether there is one can read it otherwise. */
function watchedStream(body: ReadableStream<Uint8Array>, watcher: BodyWatcher): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      reader ??= body.getReader();
      try {
        const { done, value } = await reader.read();
        if (done) {
          watcher.end();
          controller.close();
          controller.byobRequest?.respond(0);
        } else if (value.length > 0) {
          watcher.see(value);
          controller.enqueue(value as Uint8Array<ArrayBuffer>);
        }
      } catch (error) {
        watcher.broken(error);
        throw error;
      }
    },
    async cancel(reason) {
      watcher.left();
      reader ??= body.getReader();
      await reader.cancel(reason);
    },
  });
}

/** Each chunk of such a stream is told by an event, however it is read. */
export function watchNodeBody(body: NodeJS.ReadableStream, watcher: BodyWatcher): void {
  const emit = body.emit;
  let isOver = false;
  const over = (tell: () => void) => {
    if (!isOver) tell();
    isOver = true;
  };
  const told = (event: string | symbol, value: unknown) => {
    if (event === "data" && value instanceof Uint8Array) watcher.see(value);
    else if (event === "data" && typeof value === "string") watcher.see(Buffer.from(value));
    else if (event === "end") over(() => watcher.end());
    else if (event === "error") over(() => watcher.broken(value));
    else if (event === "close") over(() => watcher.left());
  };
  Object.defineProperty(body, "emit", {
    value(this: NodeJS.ReadableStream, event: string | symbol, ...values: unknown[]) {
      told(event, values[0]);
      return emit.call(this, event, ...values);
    },
    writable: true,
    configurable: true,
  });
}
