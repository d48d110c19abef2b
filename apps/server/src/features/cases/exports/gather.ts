import { AppError, isAppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { cameras, Language } from "@gatehouse/contract";
import { findCase } from "../changes.ts";
import type { CaseContext } from "../context.ts";
import { ItemStore } from "../item-store.ts";
import type { CaseClipSpan, KeptCase } from "../model.ts";
import type { Bundles, KnownEvent, Segment } from "../ports.ts";
import type { CaseExportRow } from "./export-store.ts";

/** A zip without ZIP64 has 65,535 files, some of which are not frames, and four gigabytes: films take a part of them. */
const MAX_FRAMES = 60_000;
const MAX_BYTES = 1_900_000_000;

/** One clip of a bundle. */
export interface BundledClip {
  /** `clips/01`. */
  readonly folder: string;
  readonly span: CaseClipSpan;
  readonly camera: string;
  /** IANA name of where the camera is. */
  readonly timeZone: string;
  readonly event: KnownEvent | undefined;
  readonly verdict: cameras.CameraEvent["verdict"];
  readonly erasedMs: UnixMs | undefined;
  /** Empty where nothing is recorded any more. */
  readonly segments: readonly Segment[];
  /** Of the entries of the audit log about their manifests. */
  readonly logIndexes: ReadonlyMap<Uuid, number>;
}

export interface BundledNote {
  readonly text: string;
  readonly by: string;
  readonly atMs: UnixMs;
  /** What it said before, oldest first; each with who changed it and when. */
  readonly before: readonly { readonly text: string; readonly by: string; readonly atMs: UnixMs }[];
}

/** What a bundle tells of a case. */
export interface Gathered {
  readonly kept: KeptCase;
  readonly organisation: string;
  readonly madeBy: string;
  readonly madeMs: UnixMs;
  readonly language: Language;
  readonly clips: readonly BundledClip[];
  /** Clips of the case that whoever asked may not take out. */
  readonly withheld: number;
  readonly devices: readonly { readonly id: Uuid; readonly name: string }[];
  readonly people: readonly string[];
  readonly notes: readonly BundledNote[];
}

/** Reads all that a bundle tells, with what is recorded sealed and signed. Refuses `export.too_large`. */
export async function gather(
  context: CaseContext,
  bundles: Bundles,
  row: CaseExportRow,
  signal: AbortSignal,
): Promise<Gathered> {
  const { clock, db, devices, people } = context;
  const { tenantId } = row;
  const kept = await findCase(context, tenantId, row.caseId);
  const store = new ItemStore(db, tenantId);
  const items = await store.list(row.caseId, Number.MAX_SAFE_INTEGER);
  const nameOf = async (id: Uuid): Promise<string> => (await people.nameOf(tenantId, id)) ?? "";
  const clips: BundledClip[] = [];
  for (const span of row.clips) {
    signal.throwIfAborted();
    const item = items.find(({ id }) => id === span.itemId)?.content;
    const erasedMs = item?.kind === "clip" ? item.clip.erasedMs : undefined;
    const folder = `clips/${String(clips.length + 1).padStart(2, "0")}`;
    clips.push(await clipOf(context, bundles, { tenantId, folder, span, erasedMs }));
  }
  assertFits(clips.flatMap(({ segments }) => segments));
  const versions = await store.versionsOf(
    items.filter(({ content }) => content.kind === "note").map(({ id }) => id),
  );
  const notes: BundledNote[] = [];
  const names: string[] = [];
  for (const { addedBy, addedMs, content, id } of items) {
    if (content.kind === "person")
      names.push(content.personId === undefined ? (content.name ?? "") : await nameOf(content.personId));
    if (content.kind !== "note") continue;
    const before = [];
    for (const { atMs, by, text } of versions.get(id) ?? [])
      before.push({ text, atMs, by: await nameOf(by) });
    notes.push({ text: content.text, by: await nameOf(addedBy), atMs: addedMs, before });
  }
  return {
    ...{ kept, clips, notes, people: names, language: row.language },
    organisation: people.organisationOf(tenantId),
    madeBy: await nameOf(row.askedBy),
    madeMs: clock.nowMs(),
    withheld: items.filter(({ content }) => content.kind === "clip").length - clips.length,
    devices: items.flatMap(({ content }) => {
      if (content.kind !== "device" || !row.deviceIds.includes(content.deviceId)) return [];
      const { deviceId: id } = content;
      const device = devices.find(id);
      return [{ id, name: device === undefined ? "" : device.label || device.name }];
    }),
  };
}

async function clipOf(
  { cameras, events }: CaseContext,
  bundles: Bundles,
  clip: Pick<BundledClip, "folder" | "span" | "erasedMs"> & { readonly tenantId: Uuid },
): Promise<BundledClip> {
  const { tenantId, folder, span, erasedMs } = clip;
  const camera = cameras.find(span.cameraId);
  const event = span.eventId === undefined ? undefined : await events.find(span.eventId);
  const segments = await bundles.segmentsOf({ tenantId, ...span }).catch(nothing);
  const ids = bundles.signedOf(segments).map(({ segmentId }) => segmentId);
  return {
    ...{ folder, span, event, segments, erasedMs },
    verdict: event?.verdict,
    camera: camera === undefined ? "" : camera.label || camera.name,
    timeZone: camera === undefined ? "UTC" : await cameras.timeZoneOf(tenantId, camera.siteId),
    logIndexes: await bundles.logIndexes(tenantId, ids),
  };
}

/** Nothing is recorded of it any more: a hole that the bundle names. */
function nothing(error: unknown): readonly Segment[] {
  if (isAppError(error, "export.empty")) return [];
  throw error;
}

function assertFits(segments: readonly Segment[]): void {
  const sum = (of: (segment: Segment) => number): number =>
    segments.reduce((total, segment) => total + of(segment), 0);
  if (sum(({ frames }) => frames) > MAX_FRAMES)
    throw new AppError("export.too_large", { maxFrames: MAX_FRAMES });
  if (sum(({ bytes }) => bytes) > MAX_BYTES) throw new AppError("export.too_large", { max: MAX_BYTES });
}
