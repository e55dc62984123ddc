import { ASKED } from "../stainless/api-promise.ts";
import { define } from "../stainless/instrument.ts";

interface Resources {
  readonly images?: object;
  readonly audio?: { readonly transcriptions?: object; readonly translations?: object };
}

/**
 * Keeps beside the options what was asked, for requests that are sent as forms: by the time that they are sent, a form holds
 * the bytes of files, and in version 4 nothing else can be read from it. No file is opened for that.
 */
export function keepForms(client: Resources): void {
  const { images, audio } = client;
  keepAsked(images, "edit");
  keepAsked(images, "createVariation");
  keepAsked(audio?.transcriptions, "create");
  keepAsked(audio?.translations, "create");
}

type FormMethod = (this: unknown, body: unknown, options?: object, ...more: unknown[]) => unknown;

function keepAsked(resource: object | undefined, name: string): void {
  const method = (resource as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (resource === undefined || typeof method !== "function" || !Object.isExtensible(resource)) return;
  define(resource, name, function (this: unknown, body: unknown, options?: object, ...more: unknown[]) {
    return (method as FormMethod).call(this, body, { ...options, [ASKED]: body }, ...more);
  });
}
