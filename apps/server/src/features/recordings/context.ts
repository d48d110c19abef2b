import type { Clock, Logger, Random } from "@gatehouse/base";
import type { Signer } from "@gatehouse/ledger";
import type { CipherId } from "@gatehouse/video";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Blobs } from "../../platform/blobs/index.ts";
import type { SegmentKeyring } from "./keyring.ts";
import type { CameraKeys, Cameras, Copies, LogEntries } from "./ports.ts";
import type { Room } from "./room/room.ts";
import type { RecordingDatabase } from "./tables.ts";

/** What every part of the slice works with. */
export interface RecordingContext {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly blobs: Blobs;
  readonly cameras: Cameras;
  readonly entries: LogEntries;
  /** Elsewhere; none without. */
  readonly copies?: Copies;
  readonly keyring: SegmentKeyring;
  readonly room: Room;
  /** Signs manifests. */
  readonly signer: Signer;
  readonly cameraKeys: CameraKeys;
  /** What the disk keeps free. */
  readonly minFreeBytes: number;
  readonly cipher: CipherId;
}
