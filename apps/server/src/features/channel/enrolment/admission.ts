import { AppError, isAppError, isUuid, randomCode, type Uuid } from "@gatehouse/base";
import type { ChannelContext } from "../context.ts";
import type { EnrolledDevice } from "../ports.ts";
import { type ChannelDatabase, channelTablesIn, type ForeignTransaction } from "../tables.ts";
import { countMembers, findMember, type GroupRow, insertMember, lockGroup } from "./group-store.ts";

/** A device's name has at most 64 characters; the mark behind a name that is taken has 7. */
const NAME_LENGTH = 56;

type Keep<T> = (
  tx: ForeignTransaction,
  device: EnrolledDevice & { readonly name: string; readonly typeId: string },
) => Promise<T>;

/** Makes the devices of a batch, each at its first enrolment. */
export class Admission {
  readonly #context: ChannelContext;

  constructor(context: ChannelContext) {
    this.#context = context;
  }

  async deviceOf(group: GroupRow, registrationId: string): Promise<Uuid | undefined> {
    return (await findMember(this.#context.db, group.id, registrationId))?.deviceId;
  }

  /** Undefined when the group takes no more, or the registration is used and may not be used again. */
  async admit<T>(group: GroupRow, registrationId: string, keep: Keep<T>): Promise<T | undefined> {
    const member = await findMember(this.#context.db, group.id, registrationId);
    if (member === undefined) return this.#first(group, registrationId, keep);
    if (member.deviceId === undefined || !group.replaceKeys) return undefined;
    return this.#again(group, member.deviceId, keep);
  }

  async #first<T>(group: GroupRow, registrationId: string, keep: Keep<T>): Promise<T | undefined> {
    const plain = nameOf(registrationId);
    const add = (name: string): Promise<T> => {
      const { tenantId, typeId, siteId, tags } = group;
      return this.#context.devices.add(tenantId, { name, typeId, siteId, tags }, async (tx, device) => {
        const tables = channelTablesIn(tx);
        await this.#assertOpen(tables, group.id);
        if ((await countMembers(tables, group.id)) >= group.maxDevices)
          throw new AppError("limit.reached", { limit: group.maxDevices, what: "devices of this group" });
        await insertMember(tables, group.id, registrationId, device.deviceId);
        return keep(tx, { ...device, name, typeId });
      });
    };
    try {
      return await add(plain).catch((error: unknown) => {
        if (!isAppError(error, "device.name_taken")) throw error;
        return add(`${plain}-${randomCode(this.#context.random, 1, 6).toLowerCase()}`);
      });
    } catch (error) {
      if (error === CLOSED) return undefined;
      throw error;
    }
  }

  async #again<T>(group: GroupRow, deviceId: Uuid, keep: Keep<T>): Promise<T | undefined> {
    const { devices } = this.#context;
    const device = devices.find(deviceId);
    if (device === undefined) return undefined;
    const { name, typeId } = device;
    try {
      return await devices.reEnrol(group.tenantId, deviceId, async (tx, enrolled) => {
        await this.#assertOpen(channelTablesIn(tx), group.id);
        return keep(tx, { ...enrolled, name, typeId });
      });
    } catch (error) {
      if (error === CLOSED) return undefined;
      throw error;
    }
  }

  /** Others that enrol with the group wait from here on: its count cannot be passed by two at once. */
  async #assertOpen(tx: ChannelDatabase, groupId: Uuid): Promise<void> {
    const group = await lockGroup(tx, groupId);
    const isOpen = group?.closedMs === undefined && (group?.expiresMs ?? 0) > this.#context.clock.nowMs();
    if (!isOpen) throw CLOSED;
  }
}

/** Undoes the transaction; never leaves this file. */
const CLOSED = new Error("the group is closed");

/** A registration id as a device's name: it begins with a letter or digit, and is no id of a device. */
function nameOf(registrationId: string): string {
  const name = registrationId.replace(/^[._-]+/, "").slice(0, NAME_LENGTH) || "device";
  return isUuid(name.toLowerCase()) ? `d-${name}` : name;
}
