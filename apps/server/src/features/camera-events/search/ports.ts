import type { Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import type { AnyDatabase } from "../../../platform/database/index.ts";

export interface NamedCamera {
  readonly id: Uuid;
  readonly siteId: Uuid;
  readonly name: string;
  /** What people call it, else its name. */
  readonly title: string;
}

/** What of cases events are looked for by. */
export interface Cases {
  eventIdsOf(tenantId: Uuid, caseId: Uuid): Promise<readonly Uuid[]>;
  /** Events of one camera that are in any case: they stay however old they become. */
  eventIdsAt(cameraId: Uuid): Promise<readonly Uuid[]>;
  casesOf(
    tenantId: Uuid,
    eventIds: readonly Uuid[],
  ): Promise<
    readonly { readonly eventId: Uuid; readonly id: Uuid; readonly number: number; readonly title: string }[]
  >;
}

export interface KnownSite {
  readonly id: Uuid;
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** A day before the cameras of an organisation, for people who were not there. */
export interface MorningWord {
  readonly tenantId: Uuid;
  readonly channelIds: readonly Uuid[];
  /** `2026-11-21`. */
  readonly day: string;
  readonly sites: readonly cameras.DaySummary[];
}

/** How people are told each morning. */
export interface Mornings {
  /** The organisation's, IANA name. */
  timeZoneOf(tenantId: Uuid): string;
  unknownChannels(tenantId: Uuid, channelIds: readonly Uuid[]): Promise<readonly Uuid[]>;
  /** In the caller's transaction. */
  tell(tx: AnyDatabase, word: MorningWord): Promise<void>;
  /** After the commit: sends now rather than at the next look. */
  wake(): void;
}

/** What other features know of what people look for. */
export interface SearchPorts {
  readonly cases: Cases;
  readonly mornings: Mornings;
  /** Cameras that an asker may see, of one site or anywhere; from memory. */
  named(scope: access.Scope, siteId: Uuid | undefined): readonly NamedCamera[];
  sites(tenantId: Uuid): Promise<readonly KnownSite[]>;
}
