import { AppError, type Clock, type Random } from "@gatehouse/base";
import { type access, telemetry } from "@gatehouse/contract";
import { Check } from "typebox/value";
import type { AuditTrail } from "../../platform/audit/index.ts";
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
  readonly audit: AuditTrail;
}

const MAX_EXPORTED_SERIES = 96;

export function telemetryRoutes(deps: RouteDeps): Route[] {
  const { db, catalogue, reader, directory, audit } = deps;
  const boards = (scope: access.Scope): Boards => new Boards(deps, scope);
  return [
    route(telemetry.listSeries, async ({ scope, query }) => {
      const { offset, limit, ...filter } = query;
      const all = await listSeries(catalogue, directory, scope, filter);
      const from = Number(offset ?? 0);
      return { items: all.slice(from, from + Number(limit ?? 100)).map(withoutLabel), total: all.length };
    }),
    route(telemetry.getHistory, async ({ scope, body }) => ({
      items: await reader.read(scope, body),
    })),
    route(telemetry.exportTelemetry, async ({ principal, scope, query, reply }) => {
      const refs = [...new Set(query.series.split(","))];
      const [fromMs, toMs] = [Number(query.from), Number(query.to)];
      assertRange(fromMs, toMs);
      if (refs.length > MAX_EXPORTED_SERIES || !refs.every((ref) => Check(telemetry.SeriesRef, ref)))
        throw new AppError("telemetry.series_not_found");
      const series = refs.map(parseSeriesRef);
      await reader.assertKnown(scope, series);
      const ids = [...new Set(series.map(({ deviceId }) => deviceId))];
      const devices = await directory.find(scope, ids);
      const known = new Map(devices.map((device) => [device.deviceId, device]));
      const { tenantId } = principal;
      const data = {
        devices: ids.slice(0, MAX_EXPORTED_SERIES),
        series: refs.length,
        fromMs,
        toMs,
        format: query.format,
      };
      await db.transaction().execute((tx) => audit.record(tx, { kind: "readings.exported", tenantId, data }));
      const isCsv = query.format === "csv";
      reply.header("content-type", isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8");
      reply.header("content-disposition", `attachment; filename="telemetry.${isCsv ? "csv" : "ndjson"}"`);
      return exportReadings(reader, known, { format: query.format, series, fromMs, toMs });
    }),
    route(telemetry.listBoards, async ({ scope }) => ({
      items: await boards(scope).list(),
    })),
    route(telemetry.getBoard, ({ scope, params }) => boards(scope).get(params.id)),
    route(telemetry.createBoard, ({ scope, body }) => boards(scope).create(body)),
    route(telemetry.updateBoard, ({ scope, params, body: { updatedMs, ...body } }) =>
      boards(scope).update(params.id, body, updatedMs),
    ),
    route(telemetry.deleteBoard, async ({ scope, params }) => {
      await boards(scope).delete(params.id);
      return {};
    }),
  ];
}
