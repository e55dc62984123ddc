/**
 * Works on one after the other; what fails does not keep the others from their turn.
 * @throws AggregateError of all that failed, when all have had their turn
 */
export async function workOnAll(
  ids: readonly string[],
  workOn: (id: string) => Promise<void>,
): Promise<void> {
  const failures: { id: string; error: unknown }[] = [];
  for (const id of ids) {
    try {
      await workOn(id);
    } catch (error) {
      failures.push({ id, error });
    }
  }
  if (failures.length === 0) return;
  const failed = failures.map(({ id, error }) => `${id} (${error instanceof Error ? error.message : error})`);
  throw new AggregateError(
    failures.map(({ error }) => error),
    `the next sweep goes on with ${failed.join(", ")}`,
  );
}
