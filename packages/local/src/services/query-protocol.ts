import { randomUUID } from "node:crypto";

/** A request of the AWS Query protocol: `Action=SendEmail&Destination.ToAddresses.member.1=…`. */
export class QueryRequest {
  readonly #parameters: URLSearchParams;

  constructor(body: string) {
    this.#parameters = new URLSearchParams(body);
  }

  get action(): string {
    return this.text("Action") ?? "";
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  list(name: string): string[] {
    const values: string[] = [];
    for (let index = 1; ; index += 1) {
      const value = this.text(`${name}.member.${index}`);
      if (value === undefined) return values;
      values.push(value);
    }
  }
}

export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Answers a request with the flat result that `operation` gives, `{ MessageId: "…" }`, or with the error that it throws.
 * @param namespace of the service's answers in XML
 */
export async function answerQuery(
  namespace: string,
  request: QueryRequest,
  operation: (request: QueryRequest) => Promise<Readonly<Record<string, string>>>,
): Promise<Response> {
  try {
    return result(namespace, request.action, await operation(request));
  } catch (error) {
    if (error instanceof QueryError) return failure(namespace, error);
    throw error;
  }
}

function result(namespace: string, action: string, values: Readonly<Record<string, string>>): Response {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return xml(
    200,
    `<${action}Response xmlns="${namespace}"><${action}Result>${fields.join("")}</${action}Result>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
  );
}

function failure(namespace: string, { code, message }: QueryError): Response {
  return xml(
    400,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

function xml(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/xml" } });
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
