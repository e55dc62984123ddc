import { adjustmentKinds, type PriceAdjustment, type PriceEdit, parseScope } from "@ai-usage/core";
import { editPrices } from "./edit-prices.ts";
import { type Item, ItemReader, readableOf } from "./item.ts";
import { adjustmentKey, adjustmentRange, PRICES_PARTITION } from "./keys.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/** Discounts and margins, in order of their ids, without items that are broken. */
export async function listAdjustments(table: Table): Promise<PriceAdjustment[]> {
  const items = await queryItems(table, { partition: PRICES_PARTITION, between: adjustmentRange() });
  return readableOf(items, fromAdjustmentItem);
}

/**
 * Sets an adjustment, over the one of the same id if there is one. The same again changes nothing, and is no edit.
 * @param onlyExisting nothing is set where there is none yet
 * @returns what was there before
 */
export async function putAdjustment(
  table: Table,
  adjustment: PriceAdjustment,
  edit: PriceEdit,
  { onlyExisting = false }: { readonly onlyExisting?: boolean } = {},
): Promise<PriceAdjustment | undefined> {
  const key = adjustmentKey(adjustment.adjustmentId);
  let former: PriceAdjustment | undefined;
  await editPrices(table, edit, [key], (items) => {
    const before = items.get(key.SK);
    former = before && fromAdjustmentItem(before);
    const after = toAdjustmentRecord(adjustment);
    const record = former && toAdjustmentRecord(former);
    if (former === undefined ? onlyExisting : JSON.stringify(record) === JSON.stringify(after))
      return undefined;
    return {
      items: [{ key, before, after: toAdjustmentItem(adjustment, edit) }],
      entry: {
        action: "adjust",
        subject: adjustment.adjustmentId,
        ...(record && { before: record }),
        after,
      },
    };
  });
  return former;
}

/** @returns what is no longer there, or nothing when there was none of that id */
export async function deleteAdjustment(
  table: Table,
  adjustmentId: string,
  edit: PriceEdit,
): Promise<PriceAdjustment | undefined> {
  const key = adjustmentKey(adjustmentId);
  let former: PriceAdjustment | undefined;
  await editPrices(table, edit, [key], (items) => {
    const before = items.get(key.SK);
    former = before && fromAdjustmentItem(before);
    if (former === undefined) return undefined;
    return {
      items: [{ key, before, after: undefined }],
      entry: { action: "unadjust", subject: adjustmentId, before: toAdjustmentRecord(former) },
    };
  });
  return former;
}

function toAdjustmentItem(adjustment: PriceAdjustment, { at, by, editId }: PriceEdit): Item {
  return {
    ...adjustmentKey(adjustment.adjustmentId),
    ...toAdjustmentRecord(adjustment),
    changed_at: at,
    changed_by: by,
    edit_id: editId,
  };
}

function toAdjustmentRecord(adjustment: PriceAdjustment): Record<string, unknown> {
  const { effectiveFrom, effectiveTo, note } = adjustment;
  return {
    adjustment_id: adjustment.adjustmentId,
    kind: adjustment.kind,
    scope: adjustment.scope,
    percent: adjustment.percent,
    ...(effectiveFrom && { effective_from: effectiveFrom }),
    ...(effectiveTo && { effective_to: effectiveTo }),
    ...(note !== undefined && { note }),
  };
}

/** @throws InvalidItemError naming the attribute that is not what an adjustment has */
export function fromAdjustmentItem(item: Item): PriceAdjustment {
  const read = new ItemReader(item);
  return {
    adjustmentId: read.text("adjustment_id"),
    kind: read.word("kind", adjustmentKinds),
    scope: parseScope(read.text("scope")),
    percent: read.text("percent"),
    ...(read.has("effective_from") && { effectiveFrom: read.instant("effective_from") }),
    ...(read.has("effective_to") && { effectiveTo: read.instant("effective_to") }),
    ...(read.has("note") && { note: read.text("note") }),
  };
}
