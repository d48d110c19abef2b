import { Readable } from "node:stream";
import type { Uuid } from "@gatehouse/base";
import { csvLine } from "../../platform/http/csv.ts";
import type { VerdictFilter } from "./model.ts";
import type { MeterReads } from "./reads.ts";

const PAGE = 2_000;

/** Pages are asked for when the client has taken the one before. */
export function exportDevices(
  reads: Pick<MeterReads, "listDevices">,
  tenantId: Uuid,
  readId: Uuid,
  filter: VerdictFilter | undefined,
): Readable {
  return Readable.from(pages(reads, tenantId, readId, filter), { objectMode: false });
}

async function* pages(
  reads: Pick<MeterReads, "listDevices">,
  tenantId: Uuid,
  readId: Uuid,
  filter: VerdictFilter | undefined,
): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine(["device", "id", "gateway", "verdict", "detail", "time"]));
  for (let offset = 0; ; offset += PAGE) {
    const { items, total } = await reads.listDevices(tenantId, readId, filter, { offset, limit: PAGE });
    const lines = items.map(({ name, deviceId, gatewayName = "", verdict = "", detail = "", atMs }) =>
      csvLine([
        name,
        deviceId,
        gatewayName,
        verdict,
        detail,
        atMs === undefined ? "" : new Date(atMs).toISOString(),
      ]),
    );
    if (lines.length > 0) yield Buffer.from(lines.join(""));
    if (offset + PAGE >= total) return;
  }
}
