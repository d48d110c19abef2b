import { newUuid, Secret, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import type { CopyName } from "../model.ts";
import type { SealedSegment, Segments } from "../ports.ts";

export const MASTER_KEY = new Secret(new Uint8Array(32).fill(9));
const KEY_BYTES = 44;

export interface KeptSegment extends SealedSegment {
  readonly seed: number;
  segment: Uint8Array;
  key: Uint8Array;
}

/** The same bytes for the same seed, in which no part is like another. */
function bytesOf(seed: number, length: number): Uint8Array {
  const bytes = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0, word = seed; at < bytes.length; at++) {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = word;
  }
  return new Uint8Array(bytes.buffer, 0, length);
}

/** Sealed segments in memory. */
export class TestSegments implements Segments {
  readonly kept = new Map<Uuid, KeptSegment>();

  add(
    name: Omit<CopyName, "segmentId">,
    more: { readonly firstMs: number; readonly bytes: number; readonly pinned?: boolean },
  ): KeptSegment {
    const { firstMs, bytes, pinned = true } = more;
    return this.addAgain({
      ...{ ...name, segmentId: newUuid(systemClock, systemRandom), firstMs, lastMs: firstMs + 60_000 },
      ...{ pinned, bytes: bytes + KEY_BYTES, seed: this.kept.size + 1 },
    });
  }

  addAgain(known: Omit<KeptSegment, "segment" | "key">): KeptSegment {
    const key = Buffer.alloc(KEY_BYTES, 7);
    key.writeUInt32BE(1);
    const kept = { ...known, key, segment: bytesOf(known.seed, known.bytes - KEY_BYTES) };
    this.kept.set(known.segmentId, kept);
    return kept;
  }

  async list(tenantId: Uuid, { wholeCameras, sinceMs, before, limit }: Parameters<Segments["list"]>[1]) {
    return [...this.kept.values()]
      .filter((one) => one.tenantId === tenantId && one.lastMs >= sinceMs)
      .filter((one) => one.pinned || wholeCameras.includes(one.cameraId))
      .filter(({ firstMs }) => before === undefined || firstMs < before.firstMs)
      .sort((a, b) => b.firstMs - a.firstMs)
      .slice(0, limit);
  }

  async stillThere(_tenantId: Uuid, segmentIds: readonly Uuid[]) {
    return new Set(segmentIds.filter((id) => this.kept.has(id)));
  }

  async size({ segmentId }: CopyName, file: "segment" | "key") {
    return this.kept.get(segmentId)?.[file].length;
  }

  async read({ segmentId }: CopyName, file: "segment" | "key", from: number, to: number) {
    return this.kept.get(segmentId)?.[file].slice(from, to);
  }

  async learnWrappingKey() {
    return true;
  }

  async takeIn({ segmentId, ...name }: CopyName, copy: Parameters<Segments["takeIn"]>[1]) {
    if (this.kept.has(segmentId)) return { outcome: "known" as const, bytes: 0 };
    const segment = await copy.read("segment", 0, 16_000_000);
    const key = await copy.read("key", 0, KEY_BYTES);
    if (segment === undefined || key === undefined) return { outcome: "missing" as const, bytes: 0 };
    const bytes = segment.length + key.length;
    this.kept.set(segmentId, {
      ...{ ...name, segmentId, segment, key, bytes, firstMs: 1, lastMs: 2, pinned: true, seed: 0 },
    });
    return { outcome: "taken" as const, bytes };
  }

  async wrappingKeys() {
    return [{ generation: 1, sealed: Buffer.alloc(61, 3) }];
  }
}
