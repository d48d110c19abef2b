import type { UnixMs, Uuid } from "@gatehouse/base";
import type { BodyOf, cameras, cases, ledger } from "@gatehouse/contract";
import type { ZipFile } from "../../platform/archives/index.ts";
import type { AnyDatabase } from "../../platform/database/index.ts";

export interface KnownEvent {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: cameras.CameraEventKind;
  readonly startMs: UnixMs;
  /** Undefined while it goes on. */
  readonly endMs: UnixMs | undefined;
  readonly bestMs: UnixMs;
  readonly detection?: cameras.EventDetection | undefined;
  readonly verdict?: cameras.CameraEvent["verdict"] | undefined;
}

export interface Events {
  /** Of whichever organisation. */
  find(id: Uuid): Promise<KnownEvent | undefined>;
}

export interface KnownDevice {
  readonly tenantId: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  readonly label: string;
}

/** From memory, but for the time zone. */
export interface Cameras {
  /** Undefined for what is no camera, or gone. */
  find(cameraId: Uuid): KnownDevice | undefined;
  /** How long before and after an event is kept with it. */
  aroundOf(cameraId: Uuid): { readonly beforeMs: number; readonly afterMs: number };
  /** IANA name. */
  timeZoneOf(tenantId: Uuid, siteId: Uuid): Promise<string>;
}

export interface Devices {
  find(deviceId: Uuid): KnownDevice | undefined;
}

/** In the transaction of the case. */
export interface Pins {
  set(
    tx: AnyDatabase,
    pin: {
      readonly eventId: Uuid;
      readonly tenantId: Uuid;
      readonly cameraId: Uuid;
      readonly fromMs: UnixMs;
      readonly toMs: UnixMs | undefined;
      readonly held: boolean;
    },
  ): Promise<void>;
  clear(tx: AnyDatabase, pin: { readonly tenantId: Uuid; readonly eventId: Uuid }): Promise<void>;
}

export interface Recorded {
  /** Of each span, in their order. */
  coverage(
    tenantId: Uuid,
    spans: readonly { readonly cameraId: Uuid; readonly fromMs: UnixMs; readonly toMs: UnixMs }[],
  ): Promise<readonly ("all" | "part" | "none")[]>;
}

export interface People {
  /** Undefined when the person is gone. */
  nameOf(tenantId: Uuid, personId: Uuid): Promise<string | undefined>;
  organisationOf(tenantId: Uuid): string;
}

/** A span of one camera of an organisation. */
export interface ClipSpan {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** A part of a recording as it was sealed. */
export interface Segment {
  readonly segmentId: Uuid;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  readonly frames: number;
  readonly bytes: number;
  readonly manifestSha256: string | undefined;
}

/** Whose file it is: of a case, under the id of its export. */
export interface FileName {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fileId: Uuid;
}

export interface OpenFile {
  readonly bytes: number;
  /** Both included. */
  read(first: number, last: number): AsyncGenerator<Uint8Array>;
}

export interface Made {
  readonly bytes: number;
  readonly frames: number;
  readonly damaged: number;
}

export interface Orders<Row extends { readonly id: Uuid }> {
  take(): Promise<Row | undefined>;
  make(row: Row, signal: AbortSignal, onProgress: (ratio: number) => void): Promise<Made>;
  end(
    row: Row,
    ending: ({ readonly state: "done" } & Made) | { readonly state: "failed"; readonly error: string },
  ): Promise<boolean>;
  remove(row: Row): Promise<void>;
}

export interface Worker {
  start(): void;
  stop(): Promise<void>;
  wake(): void;
  giveUp(id: Uuid): Promise<void>;
  progressOf(id: Uuid): { readonly ratio: number; readonly leftMs?: number } | undefined;
}

/** What shows somebody else that entries are in the audit log. */
export interface Proofs {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly origin: string;
  readonly size: number;
  readonly fingerprint: string;
  readonly words: readonly string[];
  readonly verifiers: readonly {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly sha256: string;
  }[];
}

/** Recordings, for archives of several clips. `S`: what they know of a segment beside what cases do. */
export interface Bundles<S extends Segment = Segment> {
  /** Refuses `export.no_room`. */
  assertRoom(tenantId: Uuid): Promise<void>;
  worker<Row extends { readonly id: Uuid }>(orders: Orders<Row>): Worker;
  /** Refuses `export.empty`, `export.too_large`. */
  segmentsOf(clip: ClipSpan): Promise<readonly S[]>;
  signedOf(segments: readonly S[]): readonly S[];
  clipFiles(
    clip: ClipSpan,
    work: {
      readonly segments: readonly S[];
      readonly prefix: string;
      readonly tally: { frames: number; damaged: number };
      readonly signal: AbortSignal;
      readonly onSegment: () => void;
    },
  ): AsyncGenerator<ZipFile>;
  still(clip: ClipSpan, atMs: UnixMs): Promise<Uint8Array | undefined>;
  render(
    order: ClipSpan & { readonly fileId: Uuid; readonly signal: AbortSignal },
  ): Promise<{ readonly name: FileName; readonly bytes: number }>;
  turn<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T>;
  seal(name: FileName, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  open(name: FileName): Promise<OpenFile | undefined>;
  remove(name: FileName): Promise<void>;
  addOwner(owns: (name: FileName) => Promise<boolean>): void;
  readonly evidence: {
    sealedIn(
      tenantId: Uuid,
      segmentIds: readonly Uuid[],
      others: readonly {
        readonly kinds: readonly ledger.LedgerKind[];
        readonly subjectIds: readonly string[];
      }[],
    ): Promise<Proofs>;
  };
  logIndexes(tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
  noteFetched(
    who: {
      readonly tenantId: Uuid;
      readonly personId: Uuid;
      readonly program?: { readonly tokenId: Uuid };
    },
    clip: { readonly cameraId: Uuid; readonly fromMs: UnixMs },
  ): Promise<void>;
}

/** Links to single clips, for one link to several. */
export interface Lending {
  lend(
    who: { readonly tenantId: Uuid; readonly personId: Uuid },
    clips: readonly { readonly cameraId: Uuid; readonly fromMs: UnixMs; readonly toMs: UnixMs }[],
    wish: BodyOf<typeof cases.lendCase>,
  ): Promise<{ readonly shares: readonly cameras.Share[]; readonly url: string }>;
  listed(tenantId: Uuid, shareIds: readonly Uuid[]): Promise<cameras.Share[]>;
  /** Ends all that were lent with this one; cut when it resolves. Refuses `share.ended`. */
  revoke(tenantId: Uuid, shareId: Uuid): Promise<unknown>;
}
