import { allOf, type Box, boxesOf, inside, onlyOne, viewOf } from "./boxes.ts";

/** What an initialisation promises of its fragments. */
export interface VideoInit {
  readonly width: number;
  readonly height: number;
  readonly trackId: number;
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number;
  /** Whether samples can be shown by themselves unless a fragment says otherwise. */
  readonly isSyncByDefault: boolean;
  /** As browsers name it: `avc1.64001f`. */
  readonly codec: string;
}

export type VideoFault = "malformed" | "unsupported" | "truncated";

/** Larger ones carry something else. */
export const MAX_INIT_BYTES = 65_536;
/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) before the boxes in it. */
const SAMPLE_ENTRY_BYTES = 78;
/** `sample_is_non_sync_sample` of a sample's flags (§8.8.3.1). */
export const NON_SYNC = 0x0001_0000;

/**
 * An initialisation segment: `ftyp` and `moov` with one track of H.264 (`avc1`), made for fragments. Nothing in it is
 * decoded; what could make a reader fetch something (`dref` with an address) or show something else is refused.
 */
export function inspectInit(bytes: Uint8Array): VideoInit | { readonly fault: VideoFault } {
  if (bytes.length > MAX_INIT_BYTES) return { fault: "unsupported" };
  const boxes = boxesOf(bytes);
  if (boxes === undefined) return { fault: "truncated" };
  const [first, second] = boxes;
  if (boxes.length !== 2 || first?.type !== "ftyp" || second?.type !== "moov") return { fault: "malformed" };
  const parts = boxesOf(second.body);
  if (parts === undefined) return { fault: "malformed" };
  const [track, more] = allOf(parts, "trak");
  if (track === undefined || more !== undefined) return { fault: "unsupported" };
  return describeTrack(track, onlyOne(parts, "mvex"));
}

function describeTrack(track: Box, extends_: Box | undefined): VideoInit | { readonly fault: VideoFault } {
  const trackId = trackIdOf(inside(track, "tkhd"));
  const table = inside(track, "mdia", "minf", "stbl");
  const entry = sampleEntryOf(inside(table, "stsd"));
  const isSelfContained = isOwnData(inside(track, "mdia", "minf", "dinf", "dref"));
  const flags = defaultFlagsOf(inside(extends_, "trex"), trackId);
  if (trackId === undefined || table === undefined || flags === undefined) return { fault: "malformed" };
  if (entry === undefined || !isSelfContained) return { fault: "unsupported" };
  return { ...entry, trackId, isSyncByDefault: (flags & NON_SYNC) === 0 };
}

function trackIdOf(header: Box | undefined): number | undefined {
  if (header === undefined) return undefined;
  const at = header.body[0] === 1 ? 20 : 12;
  return header.body.length < at + 4 ? undefined : viewOf(header.body).getUint32(at);
}

function sampleEntryOf(
  description: Box | undefined,
): Pick<VideoInit, "width" | "height" | "lengthBytes" | "codec"> | undefined {
  const body = description?.body;
  if (body === undefined || body.length < 8 || viewOf(body).getUint32(4) !== 1) return undefined;
  const entry = onlyOne(boxesOf(body.subarray(8)), "avc1");
  if (entry === undefined || entry.body.length < SAMPLE_ENTRY_BYTES) return undefined;
  const view = viewOf(entry.body);
  const config = onlyOne(boxesOf(entry.body.subarray(SAMPLE_ENTRY_BYTES)), "avcC")?.body;
  // Version, profile, compatibility, level, length size, one parameter set (ISO/IEC 14496-15 §5.3.3.1).
  if (config === undefined || config.length < 7 || config[0] !== 1) return undefined;
  const lengthBytes = ((config[4] as number) & 3) + 1;
  if (lengthBytes === 3) return undefined;
  const hex = [...config.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { width: view.getUint16(24), height: view.getUint16(26), lengthBytes, codec: `avc1.${hex}` };
}

/** One entry that says that the data is in the same file. */
function isOwnData(reference: Box | undefined): boolean {
  const body = reference?.body;
  if (body === undefined || body.length < 8 || viewOf(body).getUint32(4) !== 1) return false;
  const entry = onlyOne(boxesOf(body.subarray(8)), "url ")?.body;
  return entry?.length === 4 && entry[3] === 1;
}

function defaultFlagsOf(defaults: Box | undefined, trackId: number | undefined): number | undefined {
  if (defaults === undefined || defaults.body.length !== 24) return undefined;
  const view = viewOf(defaults.body);
  return view.getUint32(4) === trackId ? view.getUint32(20) : undefined;
}
