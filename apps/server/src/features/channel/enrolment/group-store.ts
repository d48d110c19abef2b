import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Selectable } from "kysely";
import type { ChannelDatabase, ChannelGroupsTable } from "../tables.ts";

export interface GroupRow {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly name: string;
  readonly sealedKey: Uint8Array;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly tags: readonly string[];
  readonly maxDevices: number;
  readonly replaceKeys: boolean;
  readonly byName: string;
  readonly createdMs: UnixMs;
  readonly expiresMs: UnixMs;
  readonly closedMs: UnixMs | undefined;
}

/** One registration is one member, for ever. */
export const MEMBER_UNIQUE = "channel_group_members_pkey";

export async function insertGroup(db: ChannelDatabase, group: Omit<GroupRow, "closedMs">): Promise<void> {
  await db
    .insertInto("channel_groups")
    .values({
      id: group.id,
      tenant_id: group.tenantId,
      name: group.name,
      sealed_key: group.sealedKey,
      type_id: group.typeId,
      site_id: group.siteId,
      tags: [...group.tags],
      max_devices: group.maxDevices,
      replace_keys: group.replaceKeys,
      by_name: group.byName,
      created_at: new Date(group.createdMs),
      expires_at: new Date(group.expiresMs),
      closed_at: null,
    })
    .execute();
}

export async function findGroup(db: ChannelDatabase, id: Uuid): Promise<GroupRow | undefined> {
  const row = await db.selectFrom("channel_groups").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toRow(row);
}

/** Makes other enrolments of the group wait for the end of the transaction. */
export async function lockGroup(db: ChannelDatabase, id: Uuid): Promise<GroupRow | undefined> {
  const row = await db
    .selectFrom("channel_groups")
    .selectAll()
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && toRow(row);
}

/** Newest first. */
export async function listGroups(
  db: ChannelDatabase,
  tenantId: Uuid,
): Promise<(GroupRow & { readonly enrolled: number })[]> {
  const rows = await db
    .selectFrom("channel_groups as g")
    .selectAll("g")
    .select(({ selectFrom }) =>
      selectFrom("channel_group_members as m")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .whereRef("m.group_id", "=", "g.id")
        .as("enrolled"),
    )
    .where("g.tenant_id", "=", tenantId)
    .orderBy("g.created_at", "desc")
    .orderBy("g.id")
    .execute();
  return rows.map((row) => ({ ...toRow(row), enrolled: row.enrolled ?? 0 }));
}

export async function countGroups(db: ChannelDatabase, tenantId: Uuid): Promise<number> {
  const row = await db
    .selectFrom("channel_groups")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** False when the tenant has no such group. Closed again, it stays closed since the first time. */
export async function closeGroup(
  db: ChannelDatabase,
  tenantId: Uuid,
  id: Uuid,
  nowMs: UnixMs,
): Promise<boolean> {
  const row = await db
    .updateTable("channel_groups")
    .set(({ fn, val }) => ({ closed_at: fn.coalesce("closed_at", val(new Date(nowMs))) }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export interface Member {
  /** Undefined: the device was deleted, and its registration is used up. */
  readonly deviceId: Uuid | undefined;
}

export async function findMember(
  db: ChannelDatabase,
  groupId: Uuid,
  registrationId: string,
): Promise<Member | undefined> {
  const row = await db
    .selectFrom("channel_group_members")
    .select("device_id")
    .where("group_id", "=", groupId)
    .where("registration_id", "=", registrationId)
    .executeTakeFirst();
  return row && { deviceId: row.device_id ?? undefined };
}

export async function countMembers(db: ChannelDatabase, groupId: Uuid): Promise<number> {
  const row = await db
    .selectFrom("channel_group_members")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("group_id", "=", groupId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function insertMember(
  db: ChannelDatabase,
  groupId: Uuid,
  registrationId: string,
  deviceId: Uuid,
): Promise<void> {
  await db
    .insertInto("channel_group_members")
    .values({ group_id: groupId, registration_id: registrationId, device_id: deviceId })
    .execute();
}

const toRow = (row: Selectable<ChannelGroupsTable>): GroupRow => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  sealedKey: row.sealed_key,
  typeId: row.type_id,
  siteId: row.site_id,
  tags: row.tags,
  maxDevices: row.max_devices,
  replaceKeys: row.replace_keys,
  byName: row.by_name,
  createdMs: row.created_at.getTime(),
  expiresMs: row.expires_at.getTime(),
  closedMs: row.closed_at?.getTime(),
});
