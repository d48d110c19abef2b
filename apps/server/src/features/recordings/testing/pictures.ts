import type { Clock, UnixMs, Uuid } from "@gatehouse/base";
import { encodePicture } from "../../../platform/pictures/index.ts";
import type { RecordingsFeature } from "../index.ts";
import type { FrameSource } from "./parts.ts";

const SIZE = { width: 160, height: 120 };

/** A JPEG of one grey, with a block that moves on from number to number. */
export async function drawnPicture(number: number): Promise<Uint8Array> {
  const rgb = new Uint8Array(SIZE.width * SIZE.height * 3).fill(90);
  const left = (number * 4) % (SIZE.width - 20);
  for (let y = 50; y < 70; y++) rgb.fill(230, (y * SIZE.width + left) * 3, (y * SIZE.width + left + 20) * 3);
  return encodePicture(rgb, SIZE, 80);
}

/** Films real pictures, `fps` a second; answers what was sent. */
export async function filmPictures(
  house: {
    readonly source: FrameSource;
    readonly recordings: Pick<RecordingsFeature, "idle">;
    readonly clock: Clock & { advance?: (ms: number) => void };
  },
  camera: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  span: { readonly fromMs: UnixMs; readonly seconds: number; readonly fps: number },
): Promise<Uint8Array[]> {
  const sent: Uint8Array[] = [];
  for (let n = 0; n < span.seconds * span.fps; n++) {
    const takenMs = span.fromMs + Math.round((n * 1_000) / span.fps);
    if (takenMs > house.clock.nowMs()) house.clock.advance?.(takenMs - house.clock.nowMs());
    const bytes = await drawnPicture(n);
    sent.push(bytes);
    house.source.send({ ...camera, takenMs, bytes });
    if (n % span.fps === 0) await house.recordings.idle();
  }
  return sent;
}
