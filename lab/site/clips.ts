import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type Frame, parseFrames } from "@gatehouse/video";
import { given } from "../attack.ts";
import { PlainCamera, pictureOf, shownBy } from "./camera.ts";
import { eventually } from "./device.ts";
import type { NewDevice, Site } from "./site.ts";
import type { Visitor } from "./visitor.ts";

export type Segment = cameras.Segment;
type Mode = cameras.RecordingMode;

const DAY_MS = 86_400_000;
const PICTURES_APART_MS = 250;
/** Of `<segment>.key`, which counts as the segment's. */
export const KEY_FILE_BYTES = 44;
/** Of tries to get enough chunks on a busy machine. */
const MAX_PICTURES = 80;

async function setRecording(site: Site, { id }: NewDevice, mode: Mode): Promise<void> {
  const path = `/api/v1/cameras/${id}`;
  const { settings, settingsMs } = await site.call<cameras.Camera>("GET", path);
  const changed = { ...settings, recording: { ...settings.recording, mode } };
  await site.call("PUT", `${path}/settings`, { settings: changed, settingsMs });
}

async function segmentsOf(site: Site, { id }: NewDevice): Promise<Segment[]> {
  const nowMs = systemClock.nowMs();
  const path = `/api/v1/cameras/${id}/segments?fromMs=${nowMs - DAY_MS}&toMs=${nowMs + DAY_MS}`;
  return (await site.call<{ items: Segment[] }>("GET", path)).items;
}

/** A sealed segment of this camera with at least so many chunks, whose pictures say this and their number. */
export async function recordClip(
  site: Site,
  device: NewDevice,
  {
    shows,
    chunks = 1,
    pictures = 1,
  }: { readonly shows: string; readonly chunks?: number; readonly pictures?: number },
): Promise<Segment> {
  const known = new Set((await segmentsOf(site, device)).map(({ id }) => id));
  const newest = async (): Promise<Segment | undefined> =>
    (await segmentsOf(site, device)).find(({ id }) => !known.has(id));
  const framesTaken = async (): Promise<number> =>
    (await site.call<cameras.Camera>("GET", `/api/v1/cameras/${device.id}`)).health.frames;
  // Counted since the server's start.
  const before = await framesTaken();
  await setRecording(site, device, "continuous");
  const camera = await PlainCamera.of(site, device);
  try {
    const isEnough = async (sent: number): Promise<boolean> =>
      sent >= pictures && (chunks === 1 || ((await newest())?.chunks.length ?? 0) >= chunks);
    for (let sent = 0; sent < MAX_PICTURES && !(await isEnough(sent)); sent++) {
      camera.send(pictureOf(`${shows} ${sent}`));
      if (chunks > 1) await new Promise((resolve) => setTimeout(resolve, PICTURES_APART_MS));
    }
    await eventually(framesTaken, (frames) => frames >= before + pictures);
    await setRecording(site, device, "off");
    // The next picture tells the recorder that nothing more is wanted.
    camera.send(pictureOf("what is not recorded"));
    const sealed = await eventually(newest, (segment) => segment?.state === "sealed");
    given(
      sealed?.state === "sealed" && sealed.chunks.length >= chunks,
      "what a camera shows is recorded and sealed",
    );
    return sealed as Segment;
  } finally {
    camera.close();
  }
}

/** Frames that somebody gets of a segment, or the code of the refusal. */
export async function framesOf(
  visitor: Visitor,
  { id }: Pick<Segment, "id">,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Frame[] | string> {
  const reply = await visitor.fetch("GET", `/api/v1/segments/${id}/content`, undefined, headers);
  if (reply.status !== 200) return ((await reply.json()) as { code: string }).code;
  return parseFrames(new Uint8Array(await reply.arrayBuffer())) ?? "no frames";
}

/** What somebody is shown of a segment: its pictures, or the code of the refusal. */
export async function play(...asked: Parameters<typeof framesOf>): Promise<readonly string[] | string> {
  const frames = await framesOf(...asked);
  return typeof frames === "string" ? frames : frames.map(({ bytes }) => shownBy(bytes));
}

/** The two files of a segment, in the hands of whoever has the disk. */
export class ClipFiles {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async of(site: Site, { id, cameraId }: Pick<Segment, "id" | "cameraId">): Promise<ClipFiles> {
    const [row] = await site.query<{ tenant_id: string }>(
      "select tenant_id from recording_segments where id = $1",
      [id],
    );
    return new ClipFiles(join(site.dataDir, "recordings", row?.tenant_id ?? "", cameraId, id));
  }

  read(): Promise<Buffer> {
    return readFile(`${this.#path}.ghs`);
  }

  readKey(): Promise<Buffer> {
    return readFile(`${this.#path}.key`);
  }

  async write(file: Uint8Array): Promise<void> {
    await writeFile(`${this.#path}.ghs`, file);
  }

  async writeKey(key: Uint8Array): Promise<void> {
    await writeFile(`${this.#path}.key`, key);
  }

  async remove(): Promise<void> {
    await Promise.all([rm(`${this.#path}.ghs`), rm(`${this.#path}.key`)]);
  }
}

/** Where each chunk stands in the file with its length: the header has 92 bytes, docs/recordings.md. */
export function chunksIn(file: Buffer): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let at = 92; at + 4 <= file.length; ) {
    const end = at + 4 + file.readUInt32BE(at);
    // Behind the last chunk stands the manifest, which is text.
    if (end > file.length) break;
    found.push({ start: at, end });
    at = end;
  }
  return found;
}
