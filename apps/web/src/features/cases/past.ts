import type { cases } from "@gatehouse/contract";

/** Something that happened to a case. */
export interface Past {
  readonly key: string;
  readonly what: "opened" | cases.CaseItemKind | "removed" | "exported" | "lent";
  readonly atMs: number;
  readonly by: string | undefined;
}

/** Newest first, from what the case, its bundles and its lendings say of themselves. */
export function pastOf(
  one: Pick<cases.Case, "id" | "createdMs" | "createdBy">,
  items: readonly cases.CaseItem[],
  exports: readonly Pick<cases.CaseExport, "id" | "askedMs" | "askedBy">[],
  lends: readonly cases.CaseLend[],
): Past[] {
  const past: Past[] = [{ key: one.id, what: "opened", atMs: one.createdMs, by: one.createdBy }];
  for (const { addedBy, addedMs, id, removed, ...item } of items) {
    past.push({ key: id, what: kindOf(item), atMs: addedMs, by: addedBy });
    if (removed !== undefined)
      past.push({ key: `${id} removed`, what: "removed", atMs: removed.atMs, by: removed.by });
  }
  for (const { askedBy, askedMs, id } of exports)
    past.push({ key: id, what: "exported", atMs: askedMs, by: askedBy });
  for (const { clips, id } of lends)
    past.push({ key: id, what: "lent", atMs: clips[0]?.madeMs ?? 0, by: clips[0]?.sharedBy });
  return past.reverse().sort((a, b) => b.atMs - a.atMs);
}

const kindOf = (item: Pick<cases.CaseItem, "clip" | "device" | "person" | "note">): cases.CaseItemKind =>
  (["clip", "device", "person"] as const).find((kind) => item[kind] !== undefined) ?? "note";
