import type { Method, Methods } from "./client.ts";

/** Puts another method in the place of one, as visible as that was. Nothing happens where there is none. */
export function replaceMethod(
  holder: Methods | undefined,
  name: string,
  replacement: (method: Method) => Method,
): void {
  const method = holder?.[name];
  if (holder === undefined || typeof method !== "function") return;
  Object.defineProperty(holder, name, {
    value: replacement(method as Method),
    enumerable: Object.prototype.propertyIsEnumerable.call(holder, name),
    writable: true,
    configurable: true,
  });
}
