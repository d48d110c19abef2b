import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { SourceBook } from "./book.ts";
import type { OpenSource, PulledCameras } from "./ports.ts";
import { probe } from "./probe.ts";
import type { Supervisor } from "./supervisor.ts";

/** Connections that are only tried, at once. */
const MAX_TESTS = 4;

export function sourceRoutes(parts: {
  readonly book: SourceBook;
  readonly cameras: PulledCameras;
  readonly clock: Clock;
  readonly open: OpenSource;
  readonly supervisor: Supervisor;
}): readonly Route[] {
  const { book, clock, open, supervisor } = parts;
  let tests = 0;
  const placeOf = (tenantId: Uuid, cameraId: Uuid) => {
    if (parts.cameras.find(cameraId)?.tenantId !== tenantId) throw new AppError("camera.none");
    return { tenantId, cameraId };
  };
  return [
    route(cameras.getSource, async ({ principal: { tenantId }, params: { id } }) => {
      const source = book.find(tenantId, placeOf(tenantId, id).cameraId);
      return source === undefined ? {} : { source: supervisor.viewOf(source) };
    }),
    route(cameras.putSource, async ({ principal: { tenantId }, params: { id }, body }) => {
      const source = book.complete(placeOf(tenantId, id), body);
      await book.put(source);
      supervisor.look();
      return supervisor.viewOf(source);
    }),
    route(cameras.removeSource, async ({ principal: { tenantId }, params: { id } }) => {
      await book.remove(placeOf(tenantId, id));
      supervisor.look();
      return {};
    }),
    route(cameras.testSource, async ({ principal: { tenantId }, params: { id }, body }) => {
      const source = book.complete(placeOf(tenantId, id), body);
      if (tests === MAX_TESTS) throw new AppError("server.busy");
      tests++;
      try {
        await book.recordTest(source);
        return await probe(source, open, clock);
      } finally {
        tests--;
      }
    }),
  ];
}
