import { AppError, type Uuid } from "@gatehouse/base";
import { findEvent } from "./event-store.ts";
import type { KeptEvent } from "./model.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** An event of this organisation. Refuses `camera_event.not_found`. */
export async function ownEvent(db: CameraEventDatabase, tenantId: Uuid, id: Uuid): Promise<KeptEvent> {
  const event = await findEvent(db, id);
  if (event?.tenantId !== tenantId) throw new AppError("camera_event.not_found");
  return event;
}
