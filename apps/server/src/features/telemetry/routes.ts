import { AppError, type Clock, type Random, type Uuid } from "@gatehouse/base";
import { telemetry } from "@gatehouse/contract";
import { Check } from "typebox/value";
import { type Route, route } from "../../platform/http/route.ts";
import { Boards } from "./boards/boards.ts";
import type { Catalogue } from "./catalogue.ts";
import { parseSeriesRef } from "./model.ts";
import type { DeviceDirectory } from "./ports.ts";
import { exportReadings } from "./query/export.ts";
import { assertRange, type HistoryReader } from "./query/history.ts";
import { listSeries, withoutLabel } from "./query/series-list.ts";
import type { TelemetryDatabase } from "./tables.ts";

export interface RouteDeps {
  readonly db: TelemetryDatabase;
  readonly catalogue: Catalogue;
  readonly reader: HistoryReader;
  readonly directory: DeviceDirectory;
  readonly clock: Clock;
  readonly random: Random;
}

const MAX_EXPORTED_SERIES = 96;

export function telemetryRoutes({ db, catalogue, reader, directory, clock, random }: RouteDeps): Route[] {
  const boards = (tenantId: Uuid): Boards => new Boards(db, tenantId, clock, random);
  return [
    route(telemetry.listSeries, async ({ principal, query }) => {
      const { offset, limit, ...filter } = query;
      const all = await listSeries(catalogue, directory, principal.tenantId, filter);
      const from = Number(offset ?? 0);
      return { items: all.slice(from, from + Number(limit ?? 100)).map(withoutLabel), total: all.length };
    }),
    route(telemetry.getHistory, async ({ principal, body }) => ({
      items: await reader.read(principal.tenantId, body),
    })),
    route(telemetry.exportTelemetry, async ({ principal, query, reply }) => {
      const refs = [...new Set(query.series.split(","))];
      const [fromMs, toMs] = [Number(query.from), Number(query.to)];
      assertRange(fromMs, toMs);
      if (refs.length > MAX_EXPORTED_SERIES || !refs.every((ref) => Check(telemetry.SeriesRef, ref)))
        throw new AppError("telemetry.series_not_found");
      const series = refs.map(parseSeriesRef);
      await reader.assertKnown(principal.tenantId, series);
      const ids = [...new Set(series.map(({ deviceId }) => deviceId))];
      const devices = await directory.find(principal.tenantId, ids);
      const known = new Map(devices.map((device) => [device.deviceId, device]));
      const isCsv = query.format === "csv";
      reply.header("content-type", isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8");
      reply.header("content-disposition", `attachment; filename="telemetry.${isCsv ? "csv" : "ndjson"}"`);
      return exportReadings(reader, known, { format: query.format, series, fromMs, toMs });
    }),
    route(telemetry.listBoards, async ({ principal }) => ({
      items: await boards(principal.tenantId).list(),
    })),
    route(telemetry.getBoard, ({ principal, params }) => boards(principal.tenantId).get(params.id)),
    route(telemetry.createBoard, ({ principal, body }) => boards(principal.tenantId).create(body)),
    route(telemetry.updateBoard, ({ principal, params, body: { updatedMs, ...body } }) =>
      boards(principal.tenantId).update(params.id, body, updatedMs),
    ),
    route(telemetry.deleteBoard, async ({ principal, params }) => {
      await boards(principal.tenantId).delete(params.id);
      return {};
    }),
  ];
}
