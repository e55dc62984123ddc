// Where everybody sends what they recorded: takes it, counts it, and answers as each expects.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

let seen = { bytes: 0, records: [], raw: "" };

/** Of metrics, of spans as JSON, of spans as protobuf by what stands in them. */
function recordsIn(url, body) {
  if (url.endsWith("/ai_usage")) return JSON.parse(body).metrics ?? [JSON.parse(body)];
  const text = body.toString("latin1");
  if (!text.startsWith("{"))
    return [...text.matchAll(/gen_ai\.request\.model|langfuse\.observation\.model/g)];
  const { resourceSpans = [] } = JSON.parse(body);
  return resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const sent = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    response.setHeader("content-type", "application/json");
    if (sent.length === 0) return response.end("{}");
    const records = recordsIn(request.url, body);
    seen.bytes += sent.length + JSON.stringify(request.rawHeaders).length;
    seen.records.push(...records);
    seen.raw += body.toString("utf8").slice(0, 200_000);
    if (!request.url.endsWith("/ai_usage")) return response.end("{}");
    const results = records.map(({ request_id }) => ({
      request_id,
      status: "recorded",
      cost_usd: "0",
      pricing_status: "priced",
    }));
    response.end(
      JSON.stringify({ results, summary: { received: results.length, recorded: results.length } }),
    );
  });
});

process.on("message", ({ id }) => {
  const { bytes, records, raw } = seen;
  seen = { bytes: 0, records: [], raw: "" };
  process.send({
    id,
    result: { bytes, records: records.length, last: records.slice(0, 20), raw: raw.slice(0, 200_000) },
  });
});
server.listen(0, "127.0.0.1", () =>
  process.send({ kind: "ready", url: `http://127.0.0.1:${server.address().port}` }),
);
