import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { type Route, route } from "../../platform/http/route.ts";
import type { AgentFetches } from "./agent-fetches.ts";
import { ownEvent } from "./own-event.ts";
import type { CameraEventDatabase } from "./tables.ts";

interface FetchDeps {
  readonly db: CameraEventDatabase;
  readonly audit: AuditTrail;
}

/** Recordings that stay with their camera's own machine, brought here because somebody asks for one. */
export function fetchRoutes({ db, audit }: FetchDeps, fetches: AgentFetches): readonly Route[] {
  return [
    route(cameras.fetchEvent, async ({ principal: { tenantId }, params: { id } }) => {
      const event = await ownEvent(db, tenantId, id);
      fetches.assertPossible(event);
      // The log says so before a picture leaves the machine.
      await db.transaction().execute((tx) =>
        audit.record(tx, {
          kind: "clip.fetched",
          tenantId,
          subject: { kind: "camera_event", id },
          data: { camera: event.cameraId },
        }),
      );
      return fetches.begin(event);
    }),
    route(cameras.getEventFetch, async ({ principal: { tenantId }, params: { id } }) => {
      await ownEvent(db, tenantId, id);
      const found = fetches.find(id);
      if (found === undefined) throw new AppError("camera_event.not_kept");
      return found;
    }),
    route(cameras.cancelEventFetch, async ({ principal: { tenantId }, params: { id } }) => {
      const event = await ownEvent(db, tenantId, id);
      if (fetches.find(id) === undefined) throw new AppError("camera_event.not_kept");
      return fetches.cancel(event);
    }),
  ];
}
