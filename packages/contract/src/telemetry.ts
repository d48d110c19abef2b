import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { Done, IdParams, line, MetricKey, object, page, QueryInt, text, UnixMs, Uuid } from "./schemas.ts";

/** A series is named by device and metric: `<deviceId>:<metric>`. */
export const SeriesRef = Type.String({ pattern: "^[0-9a-f-]{36}:[A-Za-z][A-Za-z0-9_.-]{0,63}$" });

export const Series = object({
  ref: SeriesRef,
  deviceId: Uuid,
  deviceName: Type.String(),
  siteName: Type.String(),
  metric: Type.String(),
  kind: Type.Union([Type.Literal("number"), Type.Literal("state")]),
  unit: Type.String(),
  label: object({ en: Type.String(), fr: Type.String() }),
  last: Type.Optional(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
  lastMs: Type.Optional(UnixMs),
});
export type Series = Static<typeof Series>;

export const Resolution = Type.Union([Type.Literal("raw"), Type.Literal("1m"), Type.Literal("1h")]);
export type Resolution = Static<typeof Resolution>;

/** Columns of equal length, oldest first. raw: `v`; rollups: mean in `v` with `min`, `max`, `n`. States: `s`. */
export const History = object({
  ref: SeriesRef,
  resolution: Resolution,
  fromMs: UnixMs,
  toMs: UnixMs,
  truncated: Type.Boolean(),
  t: Type.Array(Type.Number()),
  v: Type.Array(Type.Number()),
  min: Type.Optional(Type.Array(Type.Number())),
  max: Type.Optional(Type.Array(Type.Number())),
  n: Type.Optional(Type.Array(Type.Number())),
  s: Type.Optional(Type.Array(Type.Union([Type.Boolean(), Type.String()]))),
  conflicts: Type.Integer({
    description: "Instants in the range for which the device sent different values",
  }),
});
export type History = Static<typeof History>;

export const listSeries = endpoint({
  method: "GET",
  path: "/api/v1/telemetry/series",
  tag: "telemetry",
  audience: "operator",
  permission: "telemetry.read",
  partial: true,
  summary: "Series with their last value",
  query: object({
    q: Type.Optional(text(100)),
    device: Type.Optional(Uuid),
    site: Type.Optional(Uuid),
    metric: Type.Optional(MetricKey),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Series),
});
export const getHistory = endpoint({
  method: "POST",
  path: "/api/v1/telemetry/history",
  tag: "telemetry",
  audience: "operator",
  permission: "telemetry.read",
  partial: true,
  unrecorded: "changes nothing",
  summary: "History of up to 96 series at a resolution that fits",
  body: object({
    series: Type.Array(SeriesRef, { minItems: 1, maxItems: 96 }),
    fromMs: UnixMs,
    toMs: UnixMs,
    maxPoints: Type.Optional(Type.Integer({ minimum: 10, maximum: 10_000 })),
    resolution: Type.Optional(Resolution),
  }),
  reply: object({ items: Type.Array(History) }),
  errors: ["telemetry.range_invalid", "telemetry.series_not_found"],
});
export const exportTelemetry = endpoint({
  method: "GET",
  path: "/api/v1/telemetry/export",
  tag: "telemetry",
  audience: "operator",
  permission: "telemetry.export",
  partial: true,
  records: ["readings.exported"],
  summary: "Raw readings as CSV or NDJSON, streamed",
  contentType: "application/octet-stream",
  query: object({
    format: Type.Union([Type.Literal("csv"), Type.Literal("json")]),
    series: Type.String({ maxLength: 10_000, description: "Comma-separated series" }),
    from: QueryInt,
    to: QueryInt,
  }),
  reply: Type.String(),
  errors: ["telemetry.range_invalid", "telemetry.series_not_found"],
});

export const Chart = object({
  title: text(120),
  series: Type.Array(SeriesRef, { minItems: 1, maxItems: 6 }),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
});
export const Board = object({
  id: Uuid,
  name: Type.String(),
  charts: Type.Array(Chart, { maxItems: 24 }),
  rangeMs: Type.Integer({ minimum: 60_000, maximum: 31_622_400_000 }),
  updatedMs: UnixMs,
});
export type Board = Static<typeof Board>;
const BoardBody = object({
  name: line(120),
  charts: Type.Array(Chart, { maxItems: 24 }),
  rangeMs: Type.Integer({ minimum: 60_000, maximum: 31_622_400_000 }),
});
export const listBoards = endpoint({
  method: "GET",
  path: "/api/v1/boards",
  tag: "telemetry",
  audience: "operator",
  permission: "board.read",
  partial: true,
  summary: "All boards",
  reply: object({ items: Type.Array(Board) }),
});
export const getBoard = endpoint({
  method: "GET",
  path: "/api/v1/boards/:id",
  tag: "telemetry",
  audience: "operator",
  permission: "board.read",
  resource: { kind: "board", param: "id" },
  summary: "One board",
  params: IdParams,
  reply: Board,
  errors: ["board.not_found"],
});
export const createBoard = endpoint({
  method: "POST",
  path: "/api/v1/boards",
  tag: "telemetry",
  audience: "operator",
  permission: "board.write",
  partial: true,
  records: ["board.changed"],
  summary: "Add a board",
  body: BoardBody,
  reply: Board,
  status: 201,
  errors: ["limit.reached"],
});
export const updateBoard = endpoint({
  method: "PUT",
  path: "/api/v1/boards/:id",
  tag: "telemetry",
  audience: "operator",
  permission: "board.write",
  resource: { kind: "board", param: "id" },
  records: ["board.changed"],
  summary: "Replace a board; `updatedMs` guards against overwriting another's change",
  params: IdParams,
  body: object({ ...BoardBody.properties, updatedMs: UnixMs }),
  reply: Board,
  errors: ["board.not_found", "request.conflict"],
});
export const deleteBoard = endpoint({
  method: "DELETE",
  path: "/api/v1/boards/:id",
  tag: "telemetry",
  audience: "operator",
  permission: "board.write",
  resource: { kind: "board", param: "id" },
  records: ["board.changed"],
  summary: "Delete a board",
  params: IdParams,
  reply: Done,
  errors: ["board.not_found"],
});
