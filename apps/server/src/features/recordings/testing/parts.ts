import { type Clock, Secret, type UnixMs, type Uuid } from "@gatehouse/base";
import { cameras as contract } from "@gatehouse/contract";
import { createVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import type { VirtualClock } from "@gatehouse/testkit";
import { FRAME_KINDS } from "@gatehouse/video";
import { deriveKey, ed25519Signer } from "../../../platform/secrets/index.ts";
import type { RecordingsFeature } from "../index.ts";
import type { Cameras, RecordedFrame } from "../ports.ts";

export const MASTER_KEY = new Secret(new Uint8Array(32).fill(5));
export const START_MS = 1_795_000_000_000;

export const testSigner = (): Signer => {
  const { publicKey, sign } = ed25519Signer(deriveKey(MASTER_KEY, "recordings/manifest"));
  return { key: createVerifierKey("test/recordings", KEY_TYPES.note, publicKey), sign };
};

/** Frames that a test sends. */
export class FrameSource {
  readonly #listeners = new Set<(frame: RecordedFrame) => void>();

  subscribe(listener: (frame: RecordedFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  send(frame: Pick<RecordedFrame, "tenantId" | "cameraId" | "takenMs"> & Partial<RecordedFrame>): void {
    const whole = { kind: FRAME_KINDS.jpeg, bytes: picture(1_000), deviceMs: undefined, ...frame };
    for (const listener of this.#listeners) listener(whole);
  }
}

let made = 0;

/** Bytes that no other picture has; what they show is nobody's concern here. */
export function picture(bytes: number): Uint8Array {
  const one = new Uint8Array(bytes).fill(made);
  new DataView(one.buffer).setUint32(0, made++);
  return one;
}

export class TestCameras implements Cameras {
  readonly #known = new Map<Uuid, { readonly tenantId: Uuid; settings: contract.CameraSettings }>();
  timeZone = "Europe/Paris";

  add(tenantId: Uuid, cameraId: Uuid, recording: Partial<contract.CameraSettings["recording"]> = {}): void {
    const { DEFAULT_CAMERA_SETTINGS: base } = contract;
    this.#known.set(cameraId, {
      tenantId,
      settings: { ...base, recording: { ...base.recording, ...recording } },
    });
  }

  remove(cameraId: Uuid): void {
    this.#known.delete(cameraId);
  }

  find(cameraId: Uuid) {
    const known = this.#known.get(cameraId);
    return known && { tenantId: known.tenantId, cameraId, siteId: known.tenantId, name: "cam", label: "" };
  }

  list(tenantId: Uuid) {
    const ids = [...this.#known].filter(([, known]) => known.tenantId === tenantId).map(([id]) => id);
    return ids.flatMap((id) => this.find(id) ?? []);
  }

  settingsOf(cameraId: Uuid) {
    return this.#known.get(cameraId)?.settings;
  }

  async timeZoneOf() {
    return this.timeZone;
  }
}

/** Sends frames of one camera, evenly, as fast as they are written. A virtual clock goes along. */
export async function film(
  {
    clock,
    source,
    recordings,
  }: {
    readonly clock: Clock;
    readonly source: FrameSource;
    readonly recordings: Pick<RecordingsFeature, "idle">;
  },
  camera: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  span: { readonly fromMs: UnixMs; readonly seconds: number; readonly fps: number; readonly bytes?: number },
): Promise<void> {
  const count = span.seconds * span.fps;
  for (let n = 0; n < count; n++) {
    const takenMs = span.fromMs + Math.round((n * 1_000) / span.fps);
    if (takenMs > clock.nowMs()) (clock as Partial<VirtualClock>).advance?.(takenMs - clock.nowMs());
    source.send({ ...camera, takenMs, bytes: picture(span.bytes ?? 1_000), deviceMs: takenMs - 7 });
    if (n % span.fps === 0) await recordings.idle();
  }
}
