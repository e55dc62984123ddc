import { BODY_BYTES_MAX } from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import { named } from "./shapes.ts";

const list = z.array(z.looseObject({}));

/** What is looked at of it is for OTLP to say: it has more, and comes to have more with time. */
const requestShape = z
  .looseObject({
    resourceSpans: z
      .array(
        z.looseObject({
          resource: z.looseObject({ attributes: list.optional() }).optional(),
          scopeSpans: z.array(z.looseObject({ spans: list.optional() })).optional(),
        }),
      )
      .optional(),
  })
  .register(named, {
    id: "ExportTraceServiceRequest",
    description: "Spans as OTLP has them: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding",
  });

const answerShape = z
  .object({
    partialSuccess: z
      .object({
        rejectedSpans: z.string().regex(/^\d+$/).describe("How many calls are not stored."),
        errorMessage: z
          .string()
          .describe("Why, by the names of attributes; or a warning where none is rejected."),
      })
      .optional(),
  })
  .register(named, { id: "ExportTraceServiceResponse" });

const statusShape = z
  .object({ code: z.int(), message: z.string() })
  .register(named, { id: "RpcStatus", description: "A google.rpc.Status, as OTLP has refusals." });

const refusal = (means: string) => ({ means, schema: statusShape });

export const traceEndpoints: EndpointGroup = {
  name: "traces",
  description: "Taking spans of applications that are instrumented with OpenTelemetry.",
  endpoints: [
    {
      method: "post",
      path: "/v1/traces",
      name: "exportTraces",
      summary: "Store the calls to models among spans (OTLP/HTTP)",
      description: `Each call is stored and counted once, however often its span is sent. Other spans are taken and not kept. At most ${BODY_BYTES_MAX} bytes. Answers and refusals are in the encoding of the request.`,
      role: "ingest",
      body: requestShape,
      bodyExample: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: "service.name", value: { stringValue: "summaries" } }] },
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: "5b8efff798038103d269b633813fc60c",
                    spanId: "eee19b7ec3c1b174",
                    name: "chat gpt-4o-mini",
                    startTimeUnixNano: "1795256100000000000",
                    endTimeUnixNano: "1795256101250000000",
                    attributes: [
                      { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
                      { key: "gen_ai.provider.name", value: { stringValue: "openai" } },
                      { key: "gen_ai.response.model", value: { stringValue: "gpt-4o-mini" } },
                      { key: "gen_ai.usage.input_tokens", value: { intValue: "1200" } },
                      { key: "gen_ai.usage.output_tokens", value: { intValue: "300" } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
      otherMediaType: "application/x-protobuf",
      answers: {
        200: {
          means: "All calls are stored, but for those that `partialSuccess` counts.",
          schema: answerShape,
        },
        400: refusal("The body is not what its encoding says, or no request of OTLP."),
        403: refusal("The token may not do this."),
        413: refusal("There are too many bytes."),
        415: refusal("The body is in an encoding, or compressed in a way, that is not known here."),
        503: refusal("Storing failed; send the same again after as long as `Retry-After` says."),
      },
    },
  ],
};
