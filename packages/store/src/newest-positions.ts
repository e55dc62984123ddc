import { ItemReader } from "./item.ts";
import type { Key } from "./keys.ts";
import { type PartitionQuery, queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/** Positions that are read of a lane at a time. */
const LANE_PAGE = 64;

/** A partition of an index whose sort keys are `<instant>#<id>`. */
export type Lane = Required<Pick<PartitionQuery, "index" | "partition">>;

/** `<instant>#<id>`, and the item that is there. */
export interface Position {
  readonly key: Key;
  readonly position: string;
}

export interface PositionRange {
  /** An instant, inclusive. */
  readonly from: string;
  /** An instant, exclusive; or the position that was read last. */
  readonly before: string;
}

/** The newest first, merged over the lanes; each lane is read on only when it has run out. */
export async function* newestPositions(
  table: Table,
  lanes: readonly Lane[],
  range: PositionRange,
): AsyncGenerator<Position, void> {
  const heads = await Promise.all(
    lanes.map(async (lane) => {
      const positions = positionsOf(table, lane, range);
      return { positions, next: await positions.next() };
    }),
  );
  for (;;) {
    let newest: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      if (!newest || newest.next.done || isNewer(head.next.value, newest.next.value)) newest = head;
    }
    if (!newest || newest.next.done) return;
    yield newest.next.value;
    newest.next = await newest.positions.next();
  }
}

/** As the index sorts: by bytes of UTF-8, which is not the order of strings here. */
function isNewer(one: Position, other: Position): boolean {
  return Buffer.compare(Buffer.from(one.position), Buffer.from(other.position)) > 0;
}

async function* positionsOf(
  table: Table,
  lane: Lane,
  { from, before: end }: PositionRange,
): AsyncGenerator<Position, void> {
  // What is at the very instant of the end is above the instant's own text.
  let before = end;
  for (;;) {
    const items = await queryItems(table, {
      ...lane,
      between: [from, before],
      newestFirst: true,
      limit: LANE_PAGE,
    });
    const positions = items
      .map((item) => new ItemReader(item))
      .map((item) => ({ key: item.key(), position: item.text(`${lane.index}SK`) }))
      .filter(({ position }) => position !== before);
    yield* positions;
    const last = positions.at(-1);
    if (items.length < LANE_PAGE || last === undefined) return;
    before = last.position;
  }
}

export async function taken<T>(from: AsyncGenerator<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) {
    const next = await from.next();
    if (next.done) break;
    items.push(next.value);
  }
  return items;
}
