import { describe, expect, it } from "vitest";
import { newTable } from "../support/engine.ts";
import { openGateway } from "../support/gateway.ts";

const span = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  startTimeUnixNano: `${Date.now()}000000`,
  attributes: [
    { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
    { key: "gen_ai.provider.name", value: { stringValue: "openai" } },
    { key: "gen_ai.usage.input_tokens", value: { intValue: "5" } },
  ],
};

describe("spans that cannot be stored now", () => {
  it("are to be sent again, after a while", async () => {
    const table = await newTable();
    const { invokeIngest } = await openGateway(table);
    await table.drop();
    const answer = await invokeIngest({
      rawPath: "/v1/traces",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
      requestContext: { authorizer: { lambda: { token_id: "t", roles: '["ingest"]' } } },
    });
    expect(answer).toEqual({
      statusCode: 503,
      headers: { "content-type": "application/json", "retry-after": "5" },
      body: JSON.stringify({ code: 14, message: "nothing of this may be stored yet: send the same again" }),
    });
  });
});
