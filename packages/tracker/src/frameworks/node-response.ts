import type { IncomingMessage, ServerResponse } from "node:http";
import type { RefusalResponse } from "./request-budget.ts";

interface Reported {
  /** Asked when the headers go out, and when the response ends. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sees that a response tells what it is told to: in its headers, as far as that is known when they go out; and what came after, in
 * its trailers, if it is sent in chunks and the client takes some (`TE: trailers`).
 */
export function reportOn(request: IncomingMessage, response: ServerResponse, reported: Reported): void {
  const { writeHead, end } = response;
  let isTold = false;
  const tell = (how: (headers: Readonly<Record<string, string>>) => void): void => {
    try {
      const { headers } = reported;
      isTold = Object.keys(headers).length > 0;
      if (isTold) how(headers);
    } catch {
      // The response is the application's: what it cannot be told stays untold.
    }
  };
  Object.assign(response, {
    writeHead: (...head: Parameters<typeof writeHead>) => {
      if (!response.headersSent)
        tell((headers) => {
          for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        });
      return writeHead.apply(response, head);
    },
    end: (...last: Parameters<typeof end>) => {
      const isLate = response.headersSent && !isTold && takesTrailers(request);
      if (isLate) tell((headers) => response.addTrailers(headers));
      return end.apply(response, last);
    },
  });
}

const takesTrailers = ({ headers: { te } }: IncomingMessage): boolean =>
  te !== undefined && /\btrailers\b/i.test(String(te));

export function sendRefusal(response: ServerResponse, { status, headers, body }: RefusalResponse): void {
  response.writeHead(status, headers);
  response.end(body);
}
