import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras, ledger } from "@gatehouse/contract";
import type { KeptEvent } from "../model.ts";

type Step = cameras.CustodyStep;
type Entry = ledger.LedgerEntry;
type Act = NonNullable<Entry["act"]>;

/** What is done to recordings of a camera, of which some concern the one clip. */
export const CAMERA_KINDS = [
  "recording.viewed",
  "recording.exported",
  "recording.shared",
  "recording.share_revoked",
  "recording.erased",
] as const satisfies readonly ledger.LedgerKind[];

/** A clip: its event, and the recorded time around it. */
export interface Clip {
  readonly event: KeptEvent;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** Entries of its camera that are about the clip; oldest first, as they come. */
export function aboutClip(entries: readonly Entry[], { event, fromMs, toMs }: Clip): Entry[] {
  const links = new Set<unknown>();
  return entries.filter(({ act }) => {
    if (act === undefined) return false;
    const { data, kind } = act;
    if (data.eventId !== undefined) return data.eventId === event.id;
    if (data.cause === "device_removed") return true;
    if (kind === "recording.share_revoked" || (kind === "recording.shared" && data.restored === true))
      return links.has(data.link);
    const from = numberOf(data.fromMs);
    if (from === undefined) return false;
    const concerns = from <= toMs && (numberOf(data.toMs) ?? from) >= fromMs;
    if (concerns && kind === "recording.shared") links.add(data.link);
    return concerns;
  });
}

/** Entries as steps; segments that were sealed one after the other are one. */
export function stepsOf(
  entries: readonly Entry[],
  reader: { readonly id: Uuid; readonly name: string },
): Step[] {
  const steps: Step[] = [];
  for (const entry of entries) {
    const { act } = entry;
    if (act === undefined) continue;
    if (isPartOfOpening(steps.at(-1), entry)) continue;
    const sealed = act.kind === "recording.sealed" ? steps.find(({ kind }) => kind === act.kind) : undefined;
    if (sealed !== undefined) {
      sealed.count = (sealed.count ?? 1) + 1;
      continue;
    }
    steps.push({
      kind: act.kind,
      atMs: entry.atMs,
      by: partyOf(act.actor, reader),
      entry: { id: entry.id, index: entry.index },
      ...(act.kind === "recording.sealed" ? { count: 1 } : {}),
      ...detailsOf(act),
    });
  }
  return steps;
}

/** Whoever opens a clip reads its segments, which is not another look. */
const OPENING_MS = 60_000;

function isPartOfOpening(last: Step | undefined, { act, atMs }: Entry): boolean {
  return (
    act?.kind === "recording.viewed" &&
    act.data.via === "playback" &&
    last?.via === "clip" &&
    last.by.kind === act.actor.kind &&
    (last.by.isYou || last.by.name === act.actor.name) &&
    atMs - last.atMs < OPENING_MS
  );
}

/** What the log does not have: that something was found. */
export function detectionStep({ detection, bestMs }: KeptEvent): Step | undefined {
  if (detection === undefined) return undefined;
  const { alarmMs, by, labels, model, score } = detection;
  const [label] = labels;
  const machine = by === "server" ? "system" : by === "agent" ? "device" : "program";
  return {
    kind: "detected",
    atMs: alarmMs ?? bestMs,
    by: { kind: machine, isYou: false },
    score,
    ...(model === "" ? {} : { what: model }),
    ...(label === undefined ? {} : { label }),
  };
}

function partyOf(
  { kind, id, name, gone }: ledger.LedgerParty,
  reader: { readonly id: Uuid; readonly name: string },
) {
  if (kind === "person" && id === reader.id) return { kind, name: reader.name, isYou: true };
  return {
    kind,
    ...(name === undefined ? {} : { name }),
    ...(gone === undefined ? {} : { gone }),
    isYou: false,
  };
}

/** The few members of an entry that say how. */
function detailsOf({ data }: Act): Partial<Step> {
  const { form, link, via, verdict } = data;
  return {
    ...(typeof via === "string" ? { via } : {}),
    ...(typeof link === "number" ? { link } : {}),
    ...(typeof form === "string" ? { what: form } : {}),
    ...(typeof verdict === "string" ? { verdict: verdict as cameras.Verdict } : {}),
  };
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
