import type { UnixMs, Uuid } from "@gatehouse/base";
import type { SuiteId } from "@gatehouse/secure-channel";
import { type Selectable, sql } from "kysely";
import type { ChannelDatabase, ChannelDevicesTable } from "../tables.ts";
import type { TenantPolicy } from "./decide.ts";

export async function listPolicies(db: ChannelDatabase): Promise<Map<Uuid, TenantPolicy>> {
  const rows = await db.selectFrom("channel_policies").selectAll().execute();
  return new Map(
    rows.map((row) => [
      row.tenant_id,
      { suites: row.suites as SuiteId[], requiredTypes: row.required_types },
    ]),
  );
}

export async function putPolicy(db: ChannelDatabase, tenantId: Uuid, policy: TenantPolicy): Promise<void> {
  const fields = { suites: [...policy.suites], required_types: [...policy.requiredTypes] };
  await db
    .insertInto("channel_policies")
    .values({ tenant_id: tenantId, ...fields })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(fields))
    .execute();
}

/** What the channel knows of a device beside its keys. */
export interface DeviceFacts {
  readonly deviceId: Uuid;
  readonly tenantId: Uuid;
  readonly pinned: { readonly suite: SuiteId; readonly sinceMs: UnixMs } | undefined;
  readonly enrolment:
    | { readonly atMs: UnixMs; readonly words: readonly string[]; readonly address: string }
    | undefined;
  readonly lastHandshakeMs: UnixMs | undefined;
  readonly exemption: { readonly untilMs: UnixMs; readonly reason: string } | undefined;
}

/** Of every device, or only of the one named. */
export async function listDeviceFacts(db: ChannelDatabase, deviceId?: Uuid): Promise<DeviceFacts[]> {
  const rows = await db
    .selectFrom("channel_devices")
    .selectAll()
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .execute();
  return rows.map(toFacts);
}

/** At an enrolment or a change of keys: the pin only rises. */
export async function raisePin(
  db: ChannelDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  suite: SuiteId,
  nowMs: UnixMs,
): Promise<void> {
  const at = new Date(nowMs);
  await sql`
    insert into channel_devices (device_id, tenant_id, pinned_suite, pinned_at)
    values (${deviceId}, ${tenantId}, ${suite}, ${at})
    on conflict (device_id) do update set pinned_suite = ${suite}, pinned_at = ${at}
      where coalesce(channel_devices.pinned_suite, 0) < ${suite}`.execute(db);
}

export async function putEnrolment(
  db: ChannelDatabase,
  deviceId: Uuid,
  { atMs, words, address }: NonNullable<DeviceFacts["enrolment"]>,
): Promise<void> {
  await db
    .updateTable("channel_devices")
    .set({ enrolled_at: new Date(atMs), words: [...words], address })
    .where("device_id", "=", deviceId)
    .execute();
}

export async function resetPin(db: ChannelDatabase, deviceId: Uuid): Promise<void> {
  await db
    .updateTable("channel_devices")
    .set({ pinned_suite: null, pinned_at: null })
    .where("device_id", "=", deviceId)
    .execute();
}

export async function putExemption(
  db: ChannelDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  exemption: DeviceFacts["exemption"],
): Promise<void> {
  const fields = {
    exempt_until: exemption === undefined ? null : new Date(exemption.untilMs),
    exempt_reason: exemption?.reason ?? null,
  };
  await db
    .insertInto("channel_devices")
    .values({ device_id: deviceId, tenant_id: tenantId, ...NOTHING, ...fields })
    .onConflict((conflict) => conflict.column("device_id").doUpdateSet(fields))
    .execute();
}

const NOTHING = {
  pinned_suite: null,
  pinned_at: null,
  enrolled_at: null,
  words: null,
  address: null,
  last_handshake_at: null,
};

export async function writeHandshakes(
  db: ChannelDatabase,
  handshakes: ReadonlyMap<Uuid, UnixMs>,
): Promise<void> {
  const times = [...handshakes.values()].map((ms) => new Date(ms));
  await sql`
    update channel_devices as d set last_handshake_at = n.at
    from unnest(${[...handshakes.keys()]}::uuid[], ${times}::timestamptz[]) as n (id, at)
    where d.device_id = n.id`.execute(db);
}

const toFacts = (row: Selectable<ChannelDevicesTable>): DeviceFacts => ({
  deviceId: row.device_id,
  tenantId: row.tenant_id,
  pinned:
    row.pinned_suite === null
      ? undefined
      : { suite: row.pinned_suite as SuiteId, sinceMs: row.pinned_at?.getTime() ?? 0 },
  enrolment:
    row.enrolled_at === null
      ? undefined
      : { atMs: row.enrolled_at.getTime(), words: row.words ?? [], address: row.address ?? "" },
  lastHandshakeMs: row.last_handshake_at?.getTime(),
  exemption:
    row.exempt_until === null
      ? undefined
      : { untilMs: row.exempt_until.getTime(), reason: row.exempt_reason ?? "" },
});
