import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { access, type channel } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { claimOfGroup } from "@gatehouse/secure-channel";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import { type Actor, type ChannelContext, toBase64url } from "../context.ts";
import { closeGroup, countGroups, findGroup, type GroupRow, insertGroup, listGroups } from "./group-store.ts";

/** The list is not paged; people have dozens. */
const MAX_GROUPS = 500;
const KEY_BYTES = 32;
const LONGEST_MS = 2 * 366 * 86_400_000;

export type GroupInput = Pick<GroupRow, "name" | "typeId" | "siteId" | "maxDevices" | "expiresMs"> & {
  readonly tags?: readonly string[] | undefined;
  readonly replaceKeys?: boolean | undefined;
};

/** Which device of a group a request comes from, as the device says. */
export interface Registration {
  readonly id: Uuid;
  readonly registrationId: string;
}

/** Batches: one key with which many devices enrol, each under a key of its own that is derived from it. */
export class GroupService {
  readonly #context: ChannelContext;
  readonly #sealKey: Uint8Array;

  constructor(context: ChannelContext, sealKey: Uint8Array) {
    this.#context = context;
    this.#sealKey = sealKey;
  }

  async list({ tenantId, reach }: access.Scope): Promise<channel.EnrolmentGroup[]> {
    const rows = await listGroups(this.#context.db, tenantId);
    return rows.filter((row) => access.reaches(reach, row)).map((row) => viewGroup(row, row.enrolled));
  }

  /** The key is shown this once. */
  async create(
    { tenantId, name: byName }: Actor,
    input: GroupInput,
  ): Promise<{ group: channel.EnrolmentGroup; key: string }> {
    const { db, clock, random, devices, audit } = this.#context;
    const nowMs = clock.nowMs();
    if (input.expiresMs <= nowMs || input.expiresMs > nowMs + LONGEST_MS)
      throw new AppError("request.invalid", { field: "expiresMs" });
    if (findDeviceType(input.typeId) === undefined)
      throw new AppError("device.type_unknown", { typeId: input.typeId });
    if (!(await devices.hasSite(tenantId, input.siteId))) throw new AppError("site.not_found");
    if ((await countGroups(db, tenantId)) >= MAX_GROUPS)
      throw new AppError("limit.reached", { limit: MAX_GROUPS, what: "enrolment groups" });
    const id = newUuid(clock, random);
    const key = random.bytes(KEY_BYTES);
    const row = {
      id,
      tenantId,
      name: input.name,
      sealedKey: sealSecret(this.#sealKey, key, sealContext(id), random),
      typeId: input.typeId,
      siteId: input.siteId,
      tags: input.tags ?? [],
      maxDevices: input.maxDevices,
      replaceKeys: input.replaceKeys ?? false,
      byName,
      createdMs: nowMs,
      expiresMs: input.expiresMs,
    };
    await db.transaction().execute(async (tx) => {
      await insertGroup(tx, row);
      const { name, typeId, siteId, maxDevices, replaceKeys, expiresMs } = row;
      const data = { name, typeId, siteId, maxDevices, replaceKeys, expiresMs };
      await audit.record(tx, { kind: "enrolment_group.created", tenantId, subject: groupOf(id), data });
    });
    return { group: viewGroup({ ...row, closedMs: undefined }, 0), key: toBase64url(key) };
  }

  async close({ tenantId }: Actor, id: Uuid): Promise<void> {
    const { db, clock, audit } = this.#context;
    await db.transaction().execute(async (tx) => {
      if (!(await closeGroup(tx, tenantId, id, clock.nowMs()))) throw new AppError("channel.group_not_found");
      await audit.record(tx, { kind: "enrolment_group.closed", tenantId, subject: groupOf(id) });
    });
  }

  /** The group and the claim key of one of its devices; undefined when there is no such group. */
  async findClaim({
    id,
    registrationId,
  }: Registration): Promise<
    { readonly group: GroupRow; readonly claimId: Uint8Array; readonly key: Uint8Array } | undefined
  > {
    const group = await findGroup(this.#context.db, id);
    if (group === undefined) return undefined;
    const groupKey = openSecret(this.#sealKey, group.sealedKey, sealContext(id));
    const claim = claimOfGroup(id, groupKey, registrationId);
    return { group, claimId: claim.id, key: claim.key };
  }
}

const groupOf = (id: Uuid) => ({ kind: "enrolment_group", id });
const sealContext = (groupId: Uuid): string => `channel-group/${groupId}`;

const viewGroup = (
  {
    id,
    name,
    typeId,
    siteId,
    tags,
    maxDevices,
    replaceKeys,
    createdMs,
    expiresMs,
    closedMs,
    byName,
  }: GroupRow,
  enrolled: number,
): channel.EnrolmentGroup => ({
  id,
  name,
  typeId,
  siteId,
  tags: [...tags],
  maxDevices,
  enrolled,
  replaceKeys,
  createdMs,
  expiresMs,
  ...(closedMs === undefined ? {} : { closedMs }),
  byName,
});
