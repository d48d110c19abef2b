import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras, ledger } from "@gatehouse/contract";
import type { VerifierKey } from "@gatehouse/ledger";
import type { AnyDatabase } from "../../platform/database/index.ts";

/** A frame after validation and masks. Its bytes are never changed afterwards. */
export interface RecordedFrame {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: cameras.FrameKind;
  readonly bytes: Uint8Array;
  /** Never before the one of the frame before it. */
  readonly takenMs: UnixMs;
  readonly deviceMs: UnixMs | undefined;
}

export interface Frames {
  /** Every frame of every camera, at once and in order. Returns the end of it. */
  subscribe(listener: (frame: RecordedFrame) => void): () => void;
}

export interface RecordedCamera {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  readonly label: string;
}

/** What recordings ask of cameras; all from memory but the time zone. */
export interface Cameras {
  /** Undefined for what is no camera, or gone. */
  find(cameraId: Uuid): RecordedCamera | undefined;
  list(tenantId: Uuid): readonly RecordedCamera[];
  settingsOf(cameraId: Uuid): cameras.CameraSettings | undefined;
  /** Whether its own machine seals what it records; absent: none does. */
  sealsItself?(cameraId: Uuid): boolean;
  /** IANA name. */
  timeZoneOf(tenantId: Uuid, siteId: Uuid): Promise<string>;
}

/** Keys by which the camera's own machine signs what it seals: those that it has and those that it had. */
export type CameraKeys = (cameraId: Uuid) => Promise<readonly VerifierKey[]>;

/** What motion knows of recorded time. */
export interface Motion {
  /** Of each camera the largest strength in each of `buckets` equal parts of the span: 0…9, -1 where nobody looked. */
  strengthIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    buckets: number,
  ): Promise<ReadonlyMap<Uuid, ArrayLike<number>>>;
  /** Events that overlap the span, at most `limit` of each camera. */
  eventsIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<
    readonly {
      readonly id: Uuid;
      readonly cameraId: Uuid;
      readonly kind: string;
      readonly startMs: UnixMs;
      readonly endMs?: UnixMs | undefined;
    }[]
  >;
}

/** What of the audit log recordings show. */
export interface LogEntries {
  /** Index of the entry that holds the manifest of each segment; absent where there is none yet. */
  sealedIn(tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
  /** SHA-256 of every manifest that the log ever had of a segment. */
  hashesOf(tenantId: Uuid, segmentId: Uuid): Promise<readonly string[]>;
  /** Of what was sealed until then the log may have forgotten the hashes. */
  forgottenUntilMs(tenantId: Uuid): Promise<UnixMs>;
}

/** What copies elsewhere must know of what is kept here. */
export interface Copies {
  /** In the transaction that erases: from its commit on, what is elsewhere of these is to be deleted there too. */
  erase(tx: AnyDatabase, tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<void>;
  /** Of the oldest key of the organisation under which a copy's key is wrapped; undefined without copies. */
  oldestKeyGeneration(tenantId: Uuid): Promise<number | undefined>;
}

/** Entries of one of these kinds about one of these things. */
export interface OtherEntries {
  readonly kinds: readonly ledger.LedgerKind[];
  readonly subjectIds: readonly string[];
}

/** What shows somebody else that manifests are in the audit log. */
export interface Evidence {
  /** Files of an export of the log (docs/verify.md), with the certificate of the key that signs manifests. */
  sealedIn(
    tenantId: Uuid,
    segmentIds: readonly Uuid[],
    /** Other entries that go along with their proofs. */
    others?: readonly OtherEntries[],
  ): Promise<{
    readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    readonly origin: string;
    readonly size: number;
    readonly fingerprint: string;
    readonly words: readonly string[];
    /** Programs that check it all, to go along. */
    readonly verifiers: readonly {
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly sha256: string;
    }[];
  }>;
}

/** Makes a JPEG of the key frame that a fragment of H.264 begins with; `platform/ffmpeg` does. */
export interface KeyFrames {
  jpegOf(init: Uint8Array, fragment: Uint8Array): Promise<Uint8Array>;
}

/** What events ask of recordings, in their own transaction. */
export interface Pins {
  /**
   * Everything recorded between the two times stays while the event is kept; without `toMs` also what is still to
   * come. The same event again replaces what it said.
   */
  set(
    tx: AnyDatabase,
    pin: {
      readonly eventId: Uuid;
      readonly tenantId: Uuid;
      readonly cameraId: Uuid;
      readonly fromMs: UnixMs;
      readonly toMs: UnixMs | undefined;
      /** However old it is; unless told as it was. */
      readonly held?: boolean | undefined;
    },
  ): Promise<void>;
  /** What nothing else pins goes as the rest does. */
  clear(tx: AnyDatabase, pin: { readonly tenantId: Uuid; readonly eventId: Uuid }): Promise<void>;
  /**
   * Keeps what this pin pins however old it becomes, or no more; under the cap of what events need as before. Nothing
   * where the event has no pin any more.
   */
  hold(
    tx: AnyDatabase,
    pin: { readonly tenantId: Uuid; readonly eventId: Uuid },
    held: boolean,
  ): Promise<void>;
}
