import { AppError, type Uuid } from "@gatehouse/base";
import type { cameras, ReplyOf } from "@gatehouse/contract";
import type { Detection, Picture } from "@gatehouse/detect";
import { encodePicture, type Pixels, pixelsOf } from "../../platform/pictures/index.ts";
import type { DetectorsContext } from "./context.ts";
import { InTurn } from "./in-turn.ts";
import { openById } from "./opening.ts";

/** Below, nearly everything is found in everything. */
const MIN_SCORE = 0.1;
const MAX_WAITING = 3;
const JPEG_QUALITY = 90;
const JPEG = [0xff, 0xd8, 0xff] as const;
const PNG = [0x89, 0x50, 0x4e, 0x47] as const;

const beginsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/** A detector and one picture that somebody gives. */
export class Trying {
  readonly #context: DetectorsContext;
  readonly #turns = new InTurn(MAX_WAITING);

  constructor(context: DetectorsContext) {
    this.#context = context;
  }

  /** Refuses `detector.picture_invalid`, `server.busy`, and what opening and looking refuse. */
  look(
    tenantId: Uuid,
    id: cameras.DetectionSettings["detector"],
    bytes: Uint8Array,
  ): Promise<ReplyOf<typeof cameras.tryDetector>> {
    return this.#turns.take(async () => {
      const pixels = await readPicture(bytes);
      const { detector } = await openById(this.#context, tenantId, id);
      try {
        const picture: Picture = {
          ...pixels,
          atMs: 0,
          ...(detector.description.kind === "remote" && {
            jpeg: await encodePicture(pixels.rgb, pixels, JPEG_QUALITY),
          }),
        };
        const { clock } = this.#context;
        const startMs = clock.monotonicMs();
        const found = await detector.detect(picture, { minScore: MIN_SCORE });
        const lookMs = clock.monotonicMs() - startMs;
        const { width, height } = pixels;
        return { width, height, lookMs, boxes: found.map((one) => boxOf(one, pixels)) };
      } finally {
        await detector.close();
      }
    });
  }
}

async function readPicture(bytes: Uint8Array): Promise<Pixels> {
  if (!beginsWith(bytes, JPEG) && !beginsWith(bytes, PNG)) throw new AppError("detector.picture_invalid");
  try {
    return await pixelsOf(bytes);
  } catch (cause) {
    throw new AppError("detector.picture_invalid", {}, { cause });
  }
}

const boxOf = (
  { x1, y1, x2, y2, label, score }: Detection,
  { width, height }: Pick<Pixels, "width" | "height">,
): cameras.FoundBox => ({
  ...{ label, score },
  ...{ x: x1 / width, y: y1 / height, width: (x2 - x1) / width, height: (y2 - y1) / height },
});
