import type { ErrorCode, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { parseFrameMessage, uuidOf } from "@gatehouse/video";
import { ALL_ON, type Controls } from "../../../platform/controls.ts";
import type { IncomingFrame } from "../intake/inspect.ts";
import type { Intake } from "../intake/intake.ts";
import type { FrameSource, FrameWay } from "../intake/source.ts";
import type { CameraDevices } from "../ports.ts";

interface Sender {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

interface CarriedDeps {
  readonly bus: Bus;
  readonly clock: { nowMs(): number };
  readonly devices: CameraDevices;
  readonly intake: Intake;
  readonly controls?: Controls;
  /** Where it is the same for all. */
  readonly way?: FrameWay;
}

/** Frames that came in a session of the secure channel: a camera's own, or of cameras that a site gateway speaks for. */
export class CarriedFrames {
  readonly #deps: CarriedDeps;
  /** By connection, then by camera. */
  readonly #sources = new WeakMap<object, Map<Uuid, FrameSource>>();

  constructor(deps: CarriedDeps) {
    this.#deps = deps;
  }

  /** Whether frames can come from this device. */
  mayCome(deviceId: Uuid): boolean {
    const { devices } = this.#deps;
    return devices.find(deviceId) !== undefined || devices.carriesCameras(deviceId);
  }

  /** `connection`: one object for as long as it lasts. Answers why the frame is not taken. */
  take(
    connection: object,
    sender: Sender & { readonly payload: Uint8Array },
    by: { readonly via: string; readonly address: string },
  ): ErrorCode | undefined {
    const message = parseFrameMessage(sender.payload);
    if (message === undefined) return this.refuse(sender, by, "message.malformed");
    const cameraId = message.cameraId === undefined ? sender.deviceId : uuidOf(message.cameraId);
    const { kind, bytes, takenMs: deviceMs } = message;
    return this.takeOf(
      connection,
      sender,
      { cameraId, frame: { kind: kind as IncomingFrame["kind"], bytes, deviceMs } },
      by,
    );
  }

  /** The same for a frame that came alone. */
  takeOf(
    connection: object,
    sender: Sender,
    { cameraId, frame }: { readonly cameraId: Uuid; readonly frame: IncomingFrame },
    by: { readonly via: string; readonly address: string },
  ): ErrorCode | undefined {
    const { controls = ALL_ON, devices, intake } = this.#deps;
    const isOwn = cameraId === sender.deviceId;
    const isTheirs = isOwn || devices.isAssigned(sender.deviceId, cameraId);
    if (controls.frameScope && !isTheirs) return this.refuse(sender, by, "message.topic_forbidden");
    const source = this.#sourceOf(connection, { ...by, tenantId: sender.tenantId, cameraId }, isOwn);
    return intake.take(source, frame);
  }

  end(connection: object): void {
    for (const source of this.#sources.get(connection)?.values() ?? []) this.#deps.intake.end(source);
    this.#sources.delete(connection);
  }

  #sourceOf(connection: object, about: Omit<FrameSource, "way">, isOwn: boolean): FrameSource {
    const known = this.#sources.get(connection) ?? new Map<Uuid, FrameSource>();
    this.#sources.set(connection, known);
    const source = known.get(about.cameraId) ?? {
      ...about,
      way: this.#deps.way ?? (isOwn ? "channel" : "agent"),
    };
    known.set(about.cameraId, source);
    return source;
  }

  /** Counts what names no camera of the sender, or says nothing, as the sender's doing. */
  refuse(
    { tenantId, deviceId }: Sender,
    by: { readonly via: string; readonly address: string },
    code: "message.malformed" | "message.topic_forbidden",
  ): ErrorCode {
    const { bus, clock } = this.#deps;
    bus.publish("message.refused", { tenantId, deviceId, code, detail: "frame", ...by, atMs: clock.nowMs() });
    return code;
  }
}
