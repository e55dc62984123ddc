import type { ImportedFile, ImportedModel, ImportedRow } from "./imported-file.ts";

/**
 * A row that says what it said before keeps the edition and the day that it was first taken from, so that an import
 * changes those lines only that changed.
 */
export function keepProvenance(imported: ImportedFile, former: ImportedFile | undefined): ImportedFile {
  const formerRows = new Map((former?.models ?? []).map((model) => [model.id, model.rows]));
  const models = imported.models.map((model): ImportedModel => {
    const known = new Map(formerRows.get(model.id)?.map((row) => [statementOf(row), row]));
    return { ...model, rows: model.rows.map((row) => known.get(statementOf(row)) ?? row) };
  });
  const isSame = JSON.stringify(models) === JSON.stringify(former?.models);
  return { ...imported, ...(isSame && former && { about: former.about }), models };
}

/** A row without the edition that it is from and its day, whatever the order of its fields. */
function statementOf({ checked_on: _, note, ...statement }: ImportedRow): string {
  const remark = note.replace(/@pydantic\/genai-prices [\w.-]+/, "");
  return JSON.stringify([Object.entries(statement).sort(([one], [other]) => (one < other ? -1 : 1)), remark]);
}
