import { isMarked, markInstrumented } from "../instrumented.ts";
import { Loaded } from "../loaded.ts";
import type { Provider, ProviderWiring } from "../provider.ts";
import { billingOf, type GoogleClient, type Method, type Parameters } from "./client.ts";
import { replaceMethod } from "./replace-method.ts";

/** The SDK `@google/genai`, versions 1 and 2, for AI Studio and Vertex AI. `client.live` is not watched. */
export const google: Provider = {
  recognizes: (client) =>
    "models" in client &&
    "chats" in client &&
    typeof client.models === "object" &&
    client.models !== null &&
    "generateContent" in client.models,
  instrument: (client, wiring) => instrument(client as unknown as GoogleClient, wiring),
};

/** Methods that make requests that are billed. Each makes one by a private method of that name with `Internal`, in versions that have it. */
const BILLED = [
  "generateContent",
  "generateContentStream",
  "embedContent",
  "generateImages",
  "editImage",
  "upscaleImage",
  "recontextImage",
  "generateVideos",
];

function instrument(client: GoogleClient, wiring: ProviderWiring): void {
  const { models, operations, batches } = client;
  if (isMarked(models)) return;
  markInstrumented(models);
  const loaded = new Loaded(async () => {
    const { GoogleCalls } = await import("./calls.ts");
    return new GoogleCalls(billingOf(client, wiring.service), wiring.recorder);
  }, wiring);

  const billed = (name: string) => (method: Method) =>
    async function (this: unknown, parameters: Parameters) {
      const got = loaded.get();
      const calls = got instanceof Promise ? await got : got;
      const send = (sent: Parameters) => method.call(this, sent);
      return calls === undefined ? send(parameters) : calls.make(name, parameters, send);
    };
  for (const name of BILLED)
    replaceMethod(models, `${name}Internal` in models ? `${name}Internal` : name, billed(name));

  // How videos and batches stand is asked for later.
  const asked = (what: "video" | "batch") => (method: Method) =>
    async function (this: unknown, parameters: Parameters) {
      const answer = await method.call(this, parameters);
      (await loaded.get())?.asked(what, answer);
      return answer;
    };
  for (const name of ["get", "getVideosOperation"]) replaceMethod(operations, name, asked("video"));
  replaceMethod(batches, "get", asked("batch"));
}
