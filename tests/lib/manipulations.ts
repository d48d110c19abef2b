import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import { parseManifest, signManifest } from "@gatehouse/video";

// What somebody does to an exported bundle who has its files and none of the keys. Everything that nobody signed is
// made to fit: the list of the clip, and the list of the bundle.

export type Files = Record<string, Uint8Array>;

interface Segment {
  segment: string;
  startMs: number;
  frames: [kind: number, offsetMs: number, deviceMs: number, bytes: number, sha256: string][];
}

interface ClipList {
  camera: string;
  fromMs: number;
  toMs: number;
  segments: Segment[];
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const jsonOf = <T>(bytes: Uint8Array | undefined): T => JSON.parse(textOf(bytes)) as T;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** A copy in which one clip can be changed. `prefix`: its folder with `/`, empty for an archive of one clip. */
class Copy {
  readonly files: Files;
  readonly list: ClipList;
  readonly #prefix: string;

  constructor(files: Files, prefix: string) {
    this.files = { ...files };
    this.#prefix = prefix;
    this.list = jsonOf<ClipList>(files[`${prefix}clip.json`]);
  }

  get last(): Segment {
    return this.list.segments.at(-1) as Segment;
  }

  nameOf({ segment, frames }: Segment, number: number): string {
    const suffix = frames[number]?.[0] === 4 ? "json" : "jpg";
    return `${this.#prefix}frames/${segment}/${String(number).padStart(5, "0")}.${suffix}`;
  }

  manifestOf({ segment }: Segment): string {
    return `${this.#prefix}manifests/${segment}.txt`;
  }

  /** The bytes of every frame of a segment. */
  framesOf(segment: Segment): Uint8Array[] {
    return segment.frames.map((_, number) => this.files[this.nameOf(segment, number)] as Uint8Array);
  }

  /** These frames in place of those of a segment, in its list too. */
  put(segment: Segment, frames: readonly (readonly [Segment["frames"][number], Uint8Array])[]): void {
    for (const number of segment.frames.keys()) delete this.files[this.nameOf(segment, number)];
    segment.frames = frames.map(([[kind, offsetMs, deviceMs], bytes]) => [
      ...([kind, offsetMs, deviceMs, bytes.length] as const),
      sha256(bytes),
    ]);
    for (const [number, [, bytes]] of frames.entries()) this.files[this.nameOf(segment, number)] = bytes;
  }

  /** With lists that fit. */
  done(): Files {
    this.files[`${this.#prefix}clip.json`] = bytesOf(JSON.stringify(this.list));
    const bundle = this.files["case.json"];
    if (bundle === undefined) return this.files;
    const { files: _old, ...rest } = jsonOf<{ files: object }>(bundle);
    const others = Object.entries(this.files).filter(([name]) => name !== "case.json");
    const files = Object.fromEntries(others.map(([name, bytes]) => [name, sha256(bytes)]));
    this.files["case.json"] = bytesOf(JSON.stringify({ ...rest, files }));
    return this.files;
  }
}

const DAY_MS = 86_400_000;
const FOREIGN_CAMERA = "0191a000-0000-7000-8000-00000000dead";

/** A key of somebody else under the name of the one that signs here. */
function foreignSigner(name: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  return {
    key: createVerifierKey(name, KEY_TYPES.note, Uint8Array.from(raw)),
    sign: (message) => Uint8Array.from(sign(null, message, privateKey)),
  };
}

export interface Manipulation {
  /** What a verifier has to call it. */
  readonly named: string;
  change(copy: Copy): void;
}

/** Each as thorough as it can be without the keys. */
export const MANIPULATIONS: Readonly<Record<string, Manipulation>> = {
  cut: {
    named: "frames_cut",
    change(copy) {
      const { last } = copy;
      const bytes = copy.framesOf(last);
      const kept = last.frames.map((frame, at) => [frame, bytes[at] as Uint8Array] as const);
      kept.splice(Math.floor(kept.length / 2), 2);
      copy.put(last, kept);
    },
  },
  reorder: {
    named: "frames_differ",
    change(copy) {
      const { last } = copy;
      const bytes = copy.framesOf(last);
      const [first, second] = last.frames.flatMap(([kind], at) => (kind === 1 ? [at] : []));
      copy.put(
        last,
        last.frames.map((frame, at) => {
          const from = at === first ? second : at === second ? first : at;
          return [frame, bytes[from ?? at] as Uint8Array];
        }),
      );
    },
  },
  "re-encode": {
    named: "frames_differ",
    change(copy) {
      const { last } = copy;
      const bytes = copy.framesOf(last);
      // A comment that no eye sees, as another encoder would leave one.
      const comment = Uint8Array.of(0xff, 0xfe, 0, 4, 1, 2);
      copy.put(
        last,
        last.frames.map((frame, at) => {
          const one = bytes[at] as Uint8Array;
          const anew = Buffer.concat([one.subarray(0, 2), comment, one.subarray(2)]);
          return [frame, frame[0] === 1 ? Uint8Array.from(anew) : one];
        }),
      );
    },
  },
  "back-date": {
    named: "back_dated",
    change(copy) {
      copy.list.fromMs -= DAY_MS;
      copy.list.toMs -= DAY_MS;
      for (const segment of copy.list.segments) segment.startMs -= DAY_MS;
    },
  },
  "camera swap": {
    named: "other_camera",
    change(copy) {
      copy.list.camera = FOREIGN_CAMERA;
    },
  },
  "foreign key": {
    named: "foreign_key",
    change(copy) {
      const { last } = copy;
      const signed = parseManifest(textOf(copy.files[copy.manifestOf(last)]));
      if (signed === undefined) throw new Error("the segment has no manifest");
      const signer = foreignSigner(signed.note.signatures[0]?.name ?? "");
      copy.files[copy.manifestOf(last)] = bytesOf(signManifest(signed.manifest, signer));
    },
  },
  "missing tail": {
    named: "tail_missing",
    change(copy) {
      const { last } = copy;
      for (const number of last.frames.keys()) delete copy.files[copy.nameOf(last, number)];
      delete copy.files[copy.manifestOf(last)];
      copy.list.segments.pop();
    },
  },
};

/** The bundle after one of them; its clip in `prefix` has at least two segments. */
export function manipulated(files: Files, { change }: Manipulation, prefix: string): Files {
  const copy = new Copy(files, prefix);
  change(copy);
  return copy.done();
}
