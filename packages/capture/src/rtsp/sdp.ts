import { sourceError } from "../source.ts";

/** The one stream of a session description (RFC 8866) that is fetched. */
export interface VideoStream {
  /** RTP payload type. */
  readonly payloadType: number;
  /** As the description names it: absolute, relative or `*`. */
  readonly control: string;
  /** Of the whole session, for PLAY. */
  readonly sessionControl: string;
  /** NAL units that the description already has (RFC 6184 §8.1). */
  readonly parameterSets: readonly Uint8Array[];
  /** 90,000 for H.264, always (§8.2.1). */
  readonly clockHz: number;
}

const MAX_LINES = 500;
const MAX_CONTROL = 500;
const MAX_PARAMETER_SETS = 8;
const H264_HZ = 90_000;

/** The first video in H.264. Refuses `no_video`, or `codec` with what there is instead. */
export function findVideo(description: string): VideoStream {
  const lines = description.split(/\r?\n/).slice(0, MAX_LINES);
  const [session = [], ...media] = sections(lines);
  const sessionControl = attributeOf(session, "control") ?? "*";
  const videos = media.filter(([first]) => first?.startsWith("m=video ") === true);
  if (videos.length === 0) throw sourceError("no_video");
  const found = videos.map((lines) => readVideo(lines, sessionControl));
  const h264 = found.find((one) => "payloadType" in one);
  if (h264 !== undefined) return h264;
  throw sourceError("codec", (found[0] as { codec: string }).codec);
}

/** What stands before the first `m=`, then each `m=` with what belongs to it. */
function sections(lines: readonly string[]): string[][] {
  const found: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("m=")) found.push([]);
    found.at(-1)?.push(line.trim());
  }
  return found;
}

function readVideo(
  lines: readonly string[],
  sessionControl: string,
): VideoStream | { readonly codec: string } {
  const formats = (lines[0] ?? "").split(" ").slice(3);
  const maps = attributesOf(lines, "rtpmap").map((text) => /^(\d{1,3}) ([^/\s]+)\/(\d+)/.exec(text));
  const map = maps.find((one) => one?.[2]?.toUpperCase() === "H264" && formats.includes(one[1] ?? ""));
  if (map === undefined || map === null)
    return { codec: maps.find((one) => one !== null)?.[2] ?? `type ${formats[0] ?? "?"}` };
  const payloadType = Number(map[1]);
  const parameters = attributesOf(lines, "fmtp").find((text) => text.startsWith(`${payloadType} `)) ?? "";
  const control = attributeOf(lines, "control") ?? "*";
  if (control.length > MAX_CONTROL || sessionControl.length > MAX_CONTROL) throw sourceError("too_large");
  return {
    payloadType,
    control,
    sessionControl,
    parameterSets: parameterSetsOf(parameters),
    clockHz: H264_HZ,
  };
}

const attributesOf = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`a=${name}:`)).map((line) => line.slice(name.length + 3).trim());
const attributeOf = (lines: readonly string[], name: string): string | undefined =>
  attributesOf(lines, name)[0];

function parameterSetsOf(parameters: string): Uint8Array[] {
  const value = /(?:^|[ ;])sprop-parameter-sets=([A-Za-z0-9+/=,]+)/i.exec(parameters)?.[1] ?? "";
  return value
    .split(",")
    .slice(0, MAX_PARAMETER_SETS)
    .map((one) => new Uint8Array(Buffer.from(one, "base64")))
    .filter(({ length }) => length > 0);
}

/**
 * The address of a stream for SETUP and PLAY (RFC 2326 §C.1.1): only a text in a request on the connection that is there,
 * never followed anywhere.
 */
export function controlUrl(base: string, control: string): string {
  if (control === "*" || control === "") return base;
  if (/^rtsps?:\/\//i.test(control)) return control;
  return base.endsWith("/") || control.startsWith("?") ? base + control : `${base}/${control}`;
}
