import { avcDescription, FilmClock, FilmIndex, vp9Description } from "@gatehouse/video";

/** What a browser that can encode films offers; without it there is none to be had. */
export const canEncode = (): boolean =>
  typeof VideoEncoder === "function" && typeof createImageBitmap === "function";

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Codec {
  readonly config: VideoEncoderConfig;
  /** The film's description of its samples; `avcC` comes with the first sample. */
  describe(config: Uint8Array | undefined): Uint8Array;
}

const KEY_FRAME_EVERY = 50;
/** Pictures on their way through the encoder. */
const MAX_QUEUED = 8;
const SHORTEST_STEP_MS = 1_000 / 30;
const LAST_SHOWN_MS = 100;
const BITS_PER_PIXEL = 4;
const LEAST_BITS_PER_SECOND = 500_000;
/** VP9 level 3.1, up to 1280 × 720 at 30 a second; browsers play more than it says. */
const VP9_LEVEL = 31;

/** H.264, which plays everywhere; else VP9, which each browser that encodes has. */
async function codecFor(size: Size): Promise<Codec | undefined> {
  const common = {
    ...size,
    bitrate: Math.max(LEAST_BITS_PER_SECOND, BITS_PER_PIXEL * size.width * size.height),
    latencyMode: "quality",
  } as const;
  const candidates: Codec[] = [
    {
      config: { ...common, codec: "avc1.640028", avc: { format: "avc" } },
      describe: (config) => avcDescription(size, config ?? new Uint8Array(0)),
    },
    {
      config: { ...common, codec: "avc1.42e028", avc: { format: "avc" } },
      describe: (config) => avcDescription(size, config ?? new Uint8Array(0)),
    },
    {
      config: { ...common, codec: `vp09.00.${VP9_LEVEL}.08` },
      describe: () => vp9Description(size, VP9_LEVEL),
    },
  ];
  for (const candidate of candidates) {
    const found = await VideoEncoder.isConfigSupported(candidate.config).catch(() => undefined);
    if (found?.supported === true) return candidate;
  }
  return undefined;
}

/** Makes a film of JPEG pictures in this browser, each at its own time. Call `close` whatever happens. */
export class FilmEncoder {
  readonly #clock: FilmClock;
  readonly #speed: number;
  readonly #samples: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly place: number;
    readonly isSync: boolean;
  }[] = [];
  readonly #places = new Map<number, number>();
  #encoder: VideoEncoder | undefined;
  #codec: Codec | undefined;
  #size: Size = { width: 0, height: 0 };
  #config: Uint8Array | undefined;
  #error: Error | undefined;
  #count = 0;
  #placeMs = 0;
  #stepMs: number;
  #firstMs = 0;

  constructor(speed: number) {
    this.#clock = new FilmClock(speed);
    this.#speed = speed;
    this.#stepMs = LAST_SHOWN_MS / speed;
  }

  /** Answers false where this browser has no encoder for such pictures. Throws what the encoder or the picture throws. */
  async add(jpeg: Uint8Array, takenMs: number): Promise<boolean> {
    const atMs = this.#clock.reach(takenMs);
    if (this.#speed > 1 && this.#count > 0 && atMs - this.#placeMs < SHORTEST_STEP_MS) return true;
    const picture = await createImageBitmap(
      new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }),
    );
    try {
      if (this.#count === 0 && !(await this.#open(picture, takenMs))) return false;
      await this.#encode(picture, atMs);
    } finally {
      picture.close();
    }
    return true;
  }

  /** The film; undefined when no picture came. */
  async finish(): Promise<Blob | undefined> {
    await this.#encoder?.flush();
    if (this.#error !== undefined) throw this.#error;
    if (this.#codec === undefined || this.#samples.length === 0) return undefined;
    const index = new FilmIndex({ ...this.#size, sampleDescription: this.#codec.describe(this.#config) });
    for (const { bytes, place, isSync } of this.#samples)
      index.add({ sizeBytes: bytes.length, atMs: place, compositionMs: 0, isSync });
    const shown = { createdMs: this.#firstMs, shownFromMs: 0, shownToMs: this.#placeMs + this.#stepMs };
    const head = index.head(shown) as Uint8Array<ArrayBuffer>;
    return new Blob([head, ...this.#samples.map(({ bytes }) => bytes)], { type: "video/mp4" });
  }

  close(): void {
    if (this.#encoder !== undefined && this.#encoder.state !== "closed") this.#encoder.close();
  }

  async #open({ width, height }: ImageBitmap, takenMs: number): Promise<boolean> {
    this.#size = { width: width - (width % 2), height: height - (height % 2) };
    this.#codec = await codecFor(this.#size);
    if (this.#codec === undefined) return false;
    this.#firstMs = takenMs;
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => this.#take(chunk, metadata),
      error: (error) => {
        this.#error = error;
      },
    });
    this.#encoder.configure(this.#codec.config);
    return true;
  }

  async #encode(picture: ImageBitmap, atMs: number): Promise<void> {
    const encoder = this.#encoder as VideoEncoder;
    while (encoder.encodeQueueSize > MAX_QUEUED && this.#error === undefined)
      await new Promise((resolve) => encoder.addEventListener("dequeue", resolve, { once: true }));
    if (this.#error !== undefined) throw this.#error;
    if (this.#count > 0) this.#stepMs = atMs - this.#placeMs;
    this.#placeMs = atMs;
    // Microseconds, which is what frames are told apart by.
    const timestamp = Math.round(atMs * 1_000) + this.#count;
    this.#places.set(timestamp, atMs);
    const visibleRect = { x: 0, y: 0, ...this.#size };
    const frame = new VideoFrame(picture, { timestamp, visibleRect });
    encoder.encode(frame, { keyFrame: this.#count % KEY_FRAME_EVERY === 0 });
    frame.close();
    this.#count++;
  }

  #take(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    const { description } = metadata?.decoderConfig ?? {};
    if (description !== undefined && this.#config === undefined)
      this.#config = new Uint8Array(
        ArrayBuffer.isView(description)
          ? description.buffer.slice(description.byteOffset, description.byteOffset + description.byteLength)
          : description.slice(0),
      );
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    const place = this.#places.get(chunk.timestamp) ?? chunk.timestamp / 1_000;
    this.#places.delete(chunk.timestamp);
    this.#samples.push({ bytes, place, isSync: chunk.type === "key" });
  }
}
