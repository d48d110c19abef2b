import type { UnixMs } from "@gatehouse/base";

/** One row of `telemetry`: value i is number `order[i]` of the message. */
export interface StoredRow {
  readonly setId: number;
  readonly tsMs: UnixMs;
  readonly numbers: readonly (readonly [metric: string, value: number])[];
  readonly order: readonly number[];
}

const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const TRAILER_BYTES = 2;
const FLOAT8_OID = 701;
/** Field count, three length words, set id, instant, array header. */
const ROW_BYTES = 2 + 3 * 4 + 4 + 8 + 20;
const VALUE_BYTES = 12;
/** PostgreSQL counts microseconds from here. */
const EPOCH_2000_MS = 946_684_800_000;
const TWO_32 = 2 ** 32;

/** Rows in PostgreSQL's binary COPY format (PostgreSQL 18, COPY, "Binary Format"): set_id int4, ts timestamptz, v float8[]. */
export function encodeRows(rows: readonly StoredRow[]): Buffer {
  let size = SIGNATURE.length + TRAILER_BYTES;
  for (const row of rows) size += ROW_BYTES + VALUE_BYTES * row.order.length;
  const buffer = Buffer.allocUnsafe(size);
  SIGNATURE.copy(buffer);
  const view = new DataView(buffer.buffer, buffer.byteOffset, size);
  let at = SIGNATURE.length;
  for (const row of rows) at = writeRow(view, at, row);
  view.setInt16(at, -1);
  return buffer;
}

function writeRow(view: DataView, start: number, { setId, tsMs, numbers, order }: StoredRow): number {
  const count = order.length;
  const micros = (tsMs - EPOCH_2000_MS) * 1000;
  const high = Math.floor(micros / TWO_32);
  view.setInt16(start, 3);
  view.setInt32(start + 2, 4);
  view.setInt32(start + 6, setId);
  view.setInt32(start + 10, 8);
  view.setInt32(start + 14, high);
  view.setUint32(start + 18, micros - high * TWO_32);
  view.setInt32(start + 22, 20 + VALUE_BYTES * count);
  // Array: one dimension, no nulls, element type, length, first index 1.
  view.setInt32(start + 26, 1);
  view.setInt32(start + 30, 0);
  view.setInt32(start + 34, FLOAT8_OID);
  view.setInt32(start + 38, count);
  view.setInt32(start + 42, 1);
  let at = start + ROW_BYTES;
  for (let i = 0; i < count; i++) {
    const pair = numbers[order[i] as number] as readonly [string, number];
    view.setInt32(at, 8);
    view.setFloat64(at + 4, pair[1]);
    at += VALUE_BYTES;
  }
  return at;
}
