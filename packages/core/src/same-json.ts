/** Whether two values would be written as the same JSON, names in any order. What is undefined is not written. */
export function hasSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, namesInOrder) === JSON.stringify(b, namesInOrder);
}

function namesInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
