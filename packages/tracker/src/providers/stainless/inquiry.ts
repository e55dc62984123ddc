import type { Inquiry } from "./endpoints.ts";
import { watchStream } from "./stream.ts";

/** Tells of the answer to a request that costs nothing itself. */
export async function watchInquiry({ gatherer, tell }: Inquiry, parse: () => unknown): Promise<unknown> {
  const answer = await parse();
  const told = { firstToken() {}, succeeded: tell, failed() {} };
  if (gatherer === undefined || !watchStream(answer, told, gatherer())) tell(answer);
  return answer;
}
