import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import type { NotificationDatabase, PushDevicesTable } from "../tables.ts";

/** A browser as it is stored. */
export interface PushDeviceRecord {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly personId: Uuid;
  readonly sessionId: Uuid;
  readonly label: string;
  readonly fingerprint: string;
  readonly sealed: Uint8Array;
  readonly failures: number;
  readonly createdMs: UnixMs;
  readonly lastOkMs?: UnixMs;
}

export interface StoredIdentity {
  readonly publicKey: string;
  readonly privateKey: Uint8Array;
}

export interface PushStore {
  /** Keeps this key pair unless there is one already; answers the one that is kept. */
  keepIdentity(identity: StoredIdentity, nowMs: UnixMs): Promise<StoredIdentity>;
  identity(): Promise<StoredIdentity | undefined>;
  /** Oldest first. */
  ofPerson(tenantId: Uuid, personId: Uuid): Promise<readonly PushDeviceRecord[]>;
  /** Of these people, or of everybody. */
  ofAudience(tenantId: Uuid, personIds: readonly Uuid[]): Promise<readonly PushDeviceRecord[]>;
  find(tenantId: Uuid, deviceId: Uuid): Promise<PushDeviceRecord | undefined>;
  /** In place of one with the same address. */
  put(device: PushDeviceRecord): Promise<void>;
  /** Answers whether there was one. */
  remove(tenantId: Uuid, personId: Uuid, deviceId: Uuid): Promise<boolean>;
  drop(deviceId: Uuid): Promise<void>;
  dropSession(sessionId: Uuid): Promise<void>;
  dropPerson(tenantId: Uuid, personId: Uuid): Promise<void>;
  noteSuccess(deviceId: Uuid, nowMs: UnixMs): Promise<void>;
  noteFailure(deviceId: Uuid): Promise<void>;
  choices(tenantId: Uuid, personIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, alerts.PushChoices>>;
  choose(tenantId: Uuid, personId: Uuid, choices: alerts.PushChoices): Promise<void>;
  /** All of it or nothing. */
  write<T>(work: (store: PushStore, tx: NotificationDatabase) => Promise<T>): Promise<T>;
}

export function createPushStore(db: NotificationDatabase): PushStore {
  const store: PushStore = {
    write: (work) => db.transaction().execute((tx) => work(createPushStore(tx), tx)),
    async keepIdentity({ publicKey, privateKey }, nowMs) {
      await db
        .insertInto("push_identity")
        .values({
          public_key: publicKey,
          private_key: Buffer.from(privateKey),
          created_at: new Date(nowMs),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await store.identity()) as StoredIdentity;
    },
    async identity() {
      const row = await db.selectFrom("push_identity").selectAll().executeTakeFirst();
      return row && { publicKey: row.public_key, privateKey: row.private_key };
    },
    async ofPerson(tenantId, personId) {
      const rows = await db
        .selectFrom("push_devices")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("person_id", "=", personId)
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(toDevice);
    },
    async ofAudience(tenantId, personIds) {
      const rows = await db
        .selectFrom("push_devices")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .$if(personIds.length > 0, (all) => all.where("person_id", "in", [...personIds]))
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(toDevice);
    },
    async find(tenantId, deviceId) {
      const row = await db
        .selectFrom("push_devices")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("id", "=", deviceId)
        .executeTakeFirst();
      return row === undefined ? undefined : toDevice(row);
    },
    async put(device) {
      await db.deleteFrom("push_devices").where("fingerprint", "=", device.fingerprint).execute();
      await db
        .insertInto("push_devices")
        .values({
          id: device.id,
          tenant_id: device.tenantId,
          person_id: device.personId,
          session_id: device.sessionId,
          label: device.label,
          fingerprint: device.fingerprint,
          sealed: Buffer.from(device.sealed),
          created_at: new Date(device.createdMs),
          last_ok_at: null,
        })
        .execute();
    },
    async remove(tenantId, personId, deviceId) {
      const { numDeletedRows } = await db
        .deleteFrom("push_devices")
        .where("tenant_id", "=", tenantId)
        .where("person_id", "=", personId)
        .where("id", "=", deviceId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async drop(deviceId) {
      await db.deleteFrom("push_devices").where("id", "=", deviceId).execute();
    },
    async dropSession(sessionId) {
      await db.deleteFrom("push_devices").where("session_id", "=", sessionId).execute();
    },
    async dropPerson(tenantId, personId) {
      for (const table of ["push_devices", "push_choices"] as const)
        await db
          .deleteFrom(table)
          .where("tenant_id", "=", tenantId)
          .where("person_id", "=", personId)
          .execute();
    },
    async noteSuccess(deviceId, nowMs) {
      await db
        .updateTable("push_devices")
        .set({ failures: 0, last_ok_at: new Date(nowMs) })
        .where("id", "=", deviceId)
        .execute();
    },
    async noteFailure(deviceId) {
      await db
        .updateTable("push_devices")
        .set({ failures: sql`failures + 1` })
        .where("id", "=", deviceId)
        .execute();
    },
    async choices(tenantId, personIds) {
      if (personIds.length === 0) return new Map();
      const rows = await db
        .selectFrom("push_choices")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("person_id", "in", [...personIds])
        .execute();
      return new Map(
        rows.map(({ person_id, min_severity, quiet_hours }) => [
          person_id,
          { minSeverity: min_severity, ...(quiet_hours === null ? {} : { quietHours: quiet_hours }) },
        ]),
      );
    },
    async choose(tenantId, personId, { minSeverity, quietHours }) {
      const columns = {
        min_severity: minSeverity,
        quiet_hours: quietHours === undefined ? null : JSON.stringify(quietHours),
      };
      await db
        .insertInto("push_choices")
        .values({ tenant_id: tenantId, person_id: personId, ...columns })
        .onConflict((conflict) => conflict.columns(["tenant_id", "person_id"]).doUpdateSet(columns))
        .execute();
    },
  };
  return store;
}

const toDevice = (row: Selectable<PushDevicesTable>): PushDeviceRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  personId: row.person_id,
  sessionId: row.session_id,
  label: row.label,
  fingerprint: row.fingerprint,
  sealed: row.sealed,
  failures: row.failures,
  createdMs: row.created_at.getTime(),
  ...(row.last_ok_at === null ? {} : { lastOkMs: row.last_ok_at.getTime() }),
});
