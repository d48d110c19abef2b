import type { Socket } from "node:net";
import { AppError, type Clock, type ErrorCode, type Logger, type Random } from "@gatehouse/base";
import type { FileSpec } from "./local/file.ts";
import type { FolderSpec } from "./local/folder.ts";
import type { V4l2Spec } from "./local/v4l2.ts";
import type { VideoDevices } from "./local/video-devices.ts";

interface Credentials {
  readonly user?: string;
  readonly password?: string;
}

/** Where pictures come from. */
export type SourceSpec =
  /** `rtsp:` or `rtsps:`; H.264, over the connection itself (interleaved). */
  | ({ readonly kind: "rtsp"; readonly url: string } & Credentials)
  /** `http:` or `https:`; multipart/x-mixed-replace of JPEG. */
  | ({ readonly kind: "multipart"; readonly url: string } & Credentials)
  | V4l2Spec
  | FileSpec
  | FolderSpec;

/** One picture or piece of video, as it came: nobody judged it yet. */
export interface CapturedPicture {
  readonly kind: PictureKind;
  /** Its own: nothing changes it afterwards. */
  readonly bytes: Uint8Array;
  /** When it was taken, by the machine that captures it; absent where nobody knows better than whoever gets it. */
  readonly takenMs?: number;
  /** Of a fragment, where it is known: how many pictures it has, and for how long they are shown. */
  readonly pictures?: number;
  readonly durationMs?: number;
}

/**
 * A JPEG; an initialisation of fragmented MP4 with one track of H.264; a fragment that begins with a key frame.
 * Its number stands for it in messages and segments (`FRAME_KINDS` of the contract).
 */
export const PICTURE_KINDS = { jpeg: 1, "h264-init": 2, "h264-fragment": 3 } as const;
export type PictureKind = keyof typeof PICTURE_KINDS;

export interface CaptureLimits {
  /** Of a picture, or a fragment; what a key frame opens and is longer is cut before its end. */
  readonly pictureBytes: number;
  /** From the beginning to the first picture. */
  readonly beginMs: number;
  /** Without anything of the other side. */
  readonly silentMs: number;
}

export const DEFAULT_LIMITS: CaptureLimits = { pictureBytes: 1_500_000, beginMs: 20_000, silentMs: 15_000 };

/** A connection to the host of this address, checked by whoever gives it, with TLS where the address asks for it. */
export type Connect = (url: URL, signal: AbortSignal) => Promise<Socket>;

export interface CaptureDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Ends it: the only way while nothing comes. */
  readonly signal: AbortSignal;
  readonly connect: Connect;
  /** The program's path. Refuses `ffmpeg.missing`; asked only by what needs it. */
  readonly ffmpeg: () => Promise<string>;
  /** The machine's own unless told. */
  readonly videoDevices?: VideoDevices;
  readonly limits?: Partial<CaptureLimits>;
  /** `jpeg`: a video is decoded and encoded again, a picture each. */
  readonly as: "copy" | "jpeg";
  /** Told while it goes on: a picture of the stream was lost or cut. */
  onLoss?(reason: "gap" | "too_large"): void;
  /** Told now and then while pictures are made of a video: which share of a core that takes. */
  onCost?(coreRatio: number): void;
}

/** Why a source gives nothing (more), and the code under which that is told. */
export const SOURCE_FAULTS = {
  /** The name is not known. */
  name: "camera.source_unreachable",
  connection: "camera.source_unreachable",
  tls: "camera.source_unreachable",
  timeout: "camera.source_unreachable",
  /** It was there and says nothing any more. */
  silent: "camera.source_unreachable",
  ended: "camera.source_unreachable",
  busy: "camera.source_unreachable",
  /** A device or a file that is not there. */
  absent: "camera.source_unreachable",
  credentials: "camera.source_refused",
  /** The address may not be called. */
  address: "camera.source_invalid",
  not_found: "camera.source_invalid",
  redirect: "camera.source_invalid",
  no_video: "camera.source_invalid",
  codec: "camera.source_invalid",
  malformed: "camera.source_invalid",
  too_large: "camera.source_invalid",
  no_key_frame: "camera.source_invalid",
  status: "camera.source_invalid",
} as const satisfies Record<string, ErrorCode>;
export type SourceFault = keyof typeof SOURCE_FAULTS;

const MAX_DETAIL = 80;

/** `detail`: a word of the other side (a codec's name, a status); kept short and printable, never a secret. */
export function sourceError(reason: SourceFault, detail?: string | number, cause?: unknown): AppError {
  const told = detail === undefined ? {} : { detail: printable(String(detail)) };
  return new AppError(SOURCE_FAULTS[reason], { reason, ...told }, cause === undefined ? {} : { cause });
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_DETAIL);
