import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, cameras, ledger } from "@gatehouse/contract";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { KeptEvent } from "../model.ts";
import type { Cameras, Span } from "../ports.ts";

export interface Events {
  find(id: Uuid): Promise<KeptEvent | undefined>;
  /** At most `limit` of each camera. */
  eventsIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly KeptEvent[]>;
}

export type SeenCameras = Pick<Cameras, "find" | "settingsOf" | "within">;

export interface Pins {
  /** Keeps what is recorded of an event however old it becomes, or no more. */
  hold(
    tx: AnyDatabase,
    pin: { readonly tenantId: Uuid; readonly eventId: Uuid },
    held: boolean,
  ): Promise<void>;
}

export interface Segments {
  /** Ids of those that overlap the span, at most `limit`. */
  segmentIdsIn(tenantId: Uuid, span: Span, limit: number): Promise<readonly Uuid[]>;
}

/** Whoever asks: names are told as far as they may see them. */
export interface Reader {
  readonly tenantId: Uuid;
  readonly permissions: access.Access;
}

export interface Log {
  /** Entries about these things, oldest first. */
  entriesAbout(
    reader: Reader,
    asked: {
      readonly subjectIds: readonly string[];
      readonly kinds?: readonly ledger.LedgerKind[];
      readonly fromMs?: UnixMs;
      readonly limit: number;
    },
  ): Promise<readonly ledger.LedgerEntry[]>;
}

/** A site for a while. */
export interface Around {
  readonly siteId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly limit: number;
}

type Linked = cameras.LinkedThings;

/** What else happened, each as far as the reader may see it. */
export interface Surroundings {
  alerts(
    reader: Reader,
    around: Around,
  ): Promise<
    readonly (Omit<Linked["alerts"][number], "isOfEvent"> & { readonly eventId?: Uuid | undefined })[]
  >;
  lines(reader: Reader, around: Around): Promise<Linked["lines"]>;
  /** Cases that have a clip of this event. */
  cases(reader: Reader, eventId: Uuid): Promise<Linked["cases"]>;
}
