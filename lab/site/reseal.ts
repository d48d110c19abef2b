import { systemRandom } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import {
  createHeader,
  FRAME_KINDS,
  type Frame,
  parseManifest,
  readSegment,
  SEALING_BYTES,
  SegmentWriter,
  signManifest,
} from "@gatehouse/video";
import { recordingSigner } from "../../apps/server/src/features/ledger/index.ts";
import {
  openMasterKey,
  openRecordingKey,
  segmentCrypto,
  sha256,
  sha256Hex,
} from "../../apps/server/src/platform/secrets/index.ts";
import { pictureOf } from "./camera.ts";
import { ClipFiles, KEY_FILE_BYTES } from "./clips.ts";
import type { Site } from "./site.ts";

interface Row {
  readonly tenant_id: string;
  readonly generation: number;
  readonly sealed: Uint8Array;
}

/**
 * What whoever has the disk, the database and the master key can make of a segment: the same clip with another content,
 * sealed and signed with the right keys, and an index that says so.
 */
export async function reseal(
  site: Site,
  clip: Pick<cameras.Segment, "id" | "cameraId">,
  forged: { readonly shows: readonly string[]; readonly earlierMs: number },
): Promise<void> {
  const files = await ClipFiles.of(site, clip);
  const [row] = await site.query<Row>(
    `select s.tenant_id, k.generation, k.sealed from recording_segments s
     join recording_keys k on k.tenant_id = s.tenant_id where s.id = $1 order by k.generation desc limit 1`,
    [clip.id],
  );
  if (row === undefined) throw new Error("the clip has no row");
  const master = await openMasterKey(site.dataDir, systemRandom, { mayMake: false });
  const name = { cameraId: clip.cameraId, segmentId: clip.id };
  const wrapped = (await files.readKey()).subarray(4);
  const key = openRecordingKey(master, row.tenant_id, row.generation, row.sealed).unwrap(name, wrapped);
  const file = await files.read();
  const read = readSegment(file, key, segmentCrypto);
  if ("fault" in read) throw new Error(`the clip does not open: ${read.fault}`);
  const before = parseManifest(file.subarray(read.sealedBytes).toString());
  const { header } = read.segment;
  const startMs = header.startMs - forged.earlierMs;
  const segment = createHeader({ ...header, startMs }, key, systemRandom.bytes(7), segmentCrypto);
  const writer = new SegmentWriter(segment, segmentCrypto);
  const frames = forged.shows.map(
    (shows, i): Frame => ({
      kind: FRAME_KINDS.jpeg,
      offsetMs: i * 250,
      deviceMs: undefined,
      isKey: true,
      bytes: pictureOf(shows),
    }),
  );
  for (const frame of frames) writer.add(frame);
  const chunk = writer.takeChunk() ?? new Uint8Array();
  const parts = [segment.header.bytes, chunk];
  const { bytes: last, manifest } = writer.finish({
    previous: before?.manifest.previous ?? null,
    detections: [],
    sealedSha256: (end) => sha256(Buffer.concat([...parts, end])),
  });
  const note = signManifest(manifest, recordingSigner(master));
  const written = Buffer.concat([...parts, last, Buffer.from(note)]);
  await files.write(written);
  const index = Buffer.alloc(12);
  index.writeUInt32BE(chunk.length - SEALING_BYTES, 0);
  index.writeUInt32BE(frames.length, 8);
  await site.query(
    `update recording_segments set start_ms = $2, first_ms = $2, last_ms = $3, frames = $4, bytes = $5, chunks = $6,
       manifest = $7, manifest_sha256 = $8 where id = $1`,
    [
      clip.id,
      startMs,
      startMs + (frames.at(-1)?.offsetMs ?? 0),
      frames.length,
      written.length + KEY_FILE_BYTES,
      index,
      note,
      sha256Hex(note),
    ],
  );
  await site.query("update recording_chains set manifest_sha256 = $2 where camera_id = $1", [
    clip.cameraId,
    sha256Hex(note),
  ]);
}
