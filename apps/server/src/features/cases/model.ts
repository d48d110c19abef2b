import type { UnixMs, Uuid } from "@gatehouse/base";
import { cases } from "@gatehouse/contract";

export interface KeptCase {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly number: number;
  readonly title: string;
  readonly state: cases.CaseState;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly createdBy: Uuid;
  readonly createdMs: UnixMs;
  readonly changedMs: UnixMs;
}

/** A part of one camera's recording, as it is kept for a case. */
export interface KeptClip {
  readonly eventId: Uuid | undefined;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  /** Undefined while its event goes on. */
  readonly toMs: UnixMs | undefined;
  readonly bestMs: UnixMs;
  readonly erasedMs: UnixMs | undefined;
}

/** What an item is; of it one member. */
export type ItemContent =
  | { readonly kind: "clip"; readonly clip: KeptClip }
  | { readonly kind: "device"; readonly deviceId: Uuid }
  | { readonly kind: "person"; readonly personId: Uuid | undefined; readonly name: string | undefined }
  | { readonly kind: "note"; readonly text: string };

export interface KeptItem {
  readonly id: Uuid;
  readonly caseId: Uuid;
  readonly addedBy: Uuid;
  readonly addedMs: UnixMs;
  readonly removed: { readonly by: Uuid; readonly atMs: UnixMs } | undefined;
  readonly content: ItemContent;
}

export type KeptClipItem = KeptItem & { readonly content: Extract<ItemContent, { kind: "clip" }> };

export const isClip = (item: KeptItem): item is KeptClipItem => item.content.kind === "clip";

/** What goes into a bundle, or is lent: a clip with its end. */
export interface CaseClipSpan {
  readonly itemId: Uuid;
  readonly eventId?: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly bestMs: UnixMs;
}

/** A clip as it is at this time: what is still to come is none of it. */
export const spanOf = ({ id, content }: KeptClipItem, nowMs: UnixMs): CaseClipSpan => {
  const { cameraId, eventId, fromMs, toMs, bestMs } = content.clip;
  const lastMs = Math.min(fromMs + cases.CASE_LIMITS.maxClipMs, nowMs);
  return {
    itemId: id,
    ...(eventId === undefined ? {} : { eventId }),
    ...{ cameraId, fromMs, bestMs, toMs: Math.min(toMs ?? nowMs, lastMs) },
  };
};

/** `12`, `CASE-0012` and `case 12` are the number 12; everything else is none. */
export function numberIn(text: string): number | undefined {
  const [, digits] = /^(?:case[ -]?)?0*([0-9]{1,9})$/i.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
