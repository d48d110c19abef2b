import type { Uuid } from "@gatehouse/base";
import { findFfmpeg, openConnection, openSource } from "@gatehouse/capture";
import type { CamerasFeature, CameraTables } from "../features/cameras/index.ts";
import { type CameraPullFeature, createCameraPull, type OpenSource } from "../features/cameras/pull/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import { resolveOutgoing } from "../platform/outgoing/index.ts";
import { deriveKey } from "../platform/secrets/index.ts";
import type { House } from "./house.ts";

interface Shared {
  readonly db: ReturnType<typeof createDatabase<CameraTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  isSuspended(tenantId: Uuid): boolean;
}

/** Pictures that the server fetches, each connection to an address that was checked once. */
export function cameraSourcesOf(
  { bus, clock, config, log, masterKey, random }: House,
  { db, audit }: Shared,
  { cameras, isSuspended }: Neighbours,
): CameraPullFeature {
  const open: OpenSource = (spec, { allowPrivate, ...given }) =>
    openSource(spec, {
      ...given,
      ...{ clock, random, log, ffmpeg: findFfmpeg },
      async connect(url, signal) {
        const protocols = [url.protocol];
        const { address } = await resolveOutgoing(url, { allowPrivate, protocols });
        return openConnection({ url, address }, signal);
      },
    });
  return createCameraPull({
    ...{ db, audit, bus, clock, log, random, cameras, isSuspended, open },
    sealingKey: deriveKey(masterKey, "cameras/sources"),
    maxSources: config.cameras.maxSources,
  });
}
