import type { Recorder } from "../recording/call.ts";
import { currentUsageContext, type UsageContext, withUsageContext } from "./usage-context.ts";

/** A recorder whose calls carry a context of its own, where the one that they are made in does not say otherwise. */
export function recorderInContext(recorder: Recorder, contextOf: () => UsageContext): Recorder {
  return {
    begin: (start) =>
      withUsageContext(filledUp(currentUsageContext(), contextOf()), () => recorder.begin(start)),
  };
}

/** What is known wins over what it is filled up with. */
function filledUp(known: UsageContext, filling: UsageContext): UsageContext {
  const metadata = filling.metadata && { ...filling.metadata, ...known.metadata };
  return { ...filling, ...known, ...(metadata && { metadata }) };
}
