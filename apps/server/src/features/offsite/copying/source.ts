import type { CopyName } from "../model.ts";
import type { Segments } from "../ports.ts";
import { RemoteFailure, type Source } from "../remotes/remote.ts";

/** Generation of the organisation's key u32 · the segment's key, wrapped. */
const KEY_FILE_BYTES = 44;

export interface LocalSource extends Source {
  readonly keyGeneration: number;
}

/**
 * The two files of a segment here. `noted` is told under which key of the organisation the segment's key is wrapped,
 * and has that on record before the key is read for good: so that nobody deletes that key meanwhile.
 */
export async function openSource(
  segments: Segments,
  { tenantId, cameraId, segmentId, bytes: knownBytes }: CopyName & { readonly bytes: number },
  noted: (keyGeneration: number) => Promise<void>,
): Promise<LocalSource> {
  const name = { tenantId, cameraId, segmentId };
  const bytes = await segments.size(name, "segment");
  if (bytes === undefined) throw new RemoteFailure("gone_here");
  if (bytes + KEY_FILE_BYTES !== knownBytes) throw new RemoteFailure("damaged_here");
  const { key, keyGeneration } = await readKey(segments, name, noted);
  return {
    ...{ ...name, bytes, key, keyGeneration },
    async read(from, to) {
      const part = await segments.read(name, "segment", from, to);
      if (part?.length !== to - from) throw new RemoteFailure("gone_here");
      return part;
    },
  };
}

async function readKey(segments: Segments, name: CopyName, noted: (generation: number) => Promise<void>) {
  for (let on: number | undefined; ; ) {
    const key = await segments.read(name, "key", 0, KEY_FILE_BYTES + 1);
    if (key === undefined) throw new RemoteFailure("gone_here");
    if (key.length !== KEY_FILE_BYTES) throw new RemoteFailure("damaged_here");
    const keyGeneration = new DataView(key.buffer, key.byteOffset).getUint32(0);
    if (keyGeneration === on) return { key, keyGeneration };
    await noted(keyGeneration);
    on = keyGeneration;
  }
}
