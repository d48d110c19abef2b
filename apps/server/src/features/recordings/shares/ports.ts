import type { Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { RenderFilm } from "../exports/render.ts";
import type { OpenSealedFile, SealedName } from "../exports/sealed-files.ts";

/** Films of clips: made one at a time, sealed at rest. */
export interface Films {
  /** Refuses `ffmpeg.missing` where none can be made. */
  assertPossible(tenantId: Uuid): Promise<void>;
  readonly render: RenderFilm;
  /** Undefined when there is no such file. */
  open(name: SealedName): Promise<OpenSealedFile | undefined>;
  /** Gone when it resolves, with its key; also when it was not there. */
  remove(name: SealedName): Promise<void>;
  /** Before the start: whose files stay when the server begins. */
  addOwner(owns: (name: SealedName) => Promise<boolean>): void;
}

export interface SharedCameras {
  find(
    cameraId: Uuid,
  ):
    | { readonly tenantId: Uuid; readonly siteId: Uuid; readonly name: string; readonly label: string }
    | undefined;
  /** Cameras within the scope. */
  within(scope: access.Scope): "all" | readonly Uuid[];
  /** IANA name. */
  timeZoneOf(tenantId: Uuid, siteId: Uuid): Promise<string>;
}

/** Who shares. */
export interface Sharers {
  organisationOf(tenantId: Uuid): string;
  /** Undefined when the person is gone. */
  nameOf(tenantId: Uuid, personId: Uuid): Promise<string | undefined>;
  /** A suspended organisation shows nobody anything. */
  isSuspended(tenantId: Uuid): boolean;
}
