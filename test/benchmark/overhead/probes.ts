import type { Sent, Worker, WrapperName } from "./field.ts";
import type { Probe } from "./protocol.ts";

export interface ProbeResult {
  readonly name: WrapperName;
  readonly probe: Probe;
}

/** What each wrapper leaves as it was, and what it records of calls that do not go the plain way. */
export async function probeAll(workers: readonly Worker[]): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const worker of workers.filter(({ name }) => !name.startsWith("bare"))) {
    results.push({ name: worker.name, probe: await probe(worker) });
  }
  return results;
}

async function probe({ process, sink }: Worker): Promise<Probe> {
  const ask = async (name: string) => {
    await sink.ask<Sent>({});
    const works = await process.ask<boolean>({ kind: "probe", name });
    return { works, sent: await sink.ask<Sent>({}) };
  };
  const withResponse = await ask("withResponse");
  const stream = await ask("streamClass");
  const tee = await ask("tee");
  const failing = await ask("failing");
  const left = await ask("leftEarly");
  const asResponse = await ask("asResponse");
  const isRecorded = ({ sent }: { sent: Sent }) => sent.records > 0;
  const all = [withResponse, stream, tee, failing, left, asResponse];
  return {
    "withResponse() works": withResponse.works,
    "a stream is still the SDK's Stream": stream.works,
    "tee() works": tee.works,
    "a stream is recorded with its usage, unasked": isRecorded(stream) && tellsTokens(stream.sent),
    "a call that fails is recorded": isRecorded(failing),
    "a stream that is left early is recorded": isRecorded(left),
    "asResponse() is recorded": isRecorded(asResponse),
    "no prompt leaves the process": all.every(
      ({ sent }) => !/probe-(with|stream|tee|failing|left|as)/.test(sent.raw),
    ),
  };
}

/** Some count in what was sent says how much was answered. */
function tellsTokens({ last }: Sent): boolean {
  return /output_?tokens|completion_?tokens|llm\.token_count\.completion|"output":\s*[1-9]/i.test(
    JSON.stringify(last),
  );
}
