import { AppError, type Uuid } from "@gatehouse/base";
import {
  DOWN_KINDS,
  type devices,
  downTopic,
  findGrantProblem,
  UP_KINDS,
  upTopic,
} from "@gatehouse/contract";
import { announceChange, type DevicesContext, getRecord, recordOnDevice } from "../context.ts";
import { lockDevice } from "../credentials/credential-store.ts";
import type { Actor } from "../model.ts";
import { loadGrants, readRevision, replaceGrants } from "./grant-store.ts";

type TopicGrant = devices.TopicGrant;

/** Topics beyond a device's own, on which devices of one organisation talk to each other. */
export class GrantService {
  readonly #context: DevicesContext;

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  async read(tenantId: Uuid, deviceId: Uuid): Promise<devices.DeviceTopics> {
    const { db } = this.#context;
    const { name } = getRecord(this.#context, tenantId, deviceId);
    return db
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (tx) => {
        const revision = await readRevision(tx, tenantId, deviceId);
        if (revision === undefined) throw new AppError("device.not_found");
        const granted = (await loadGrants(tx, deviceId)).get(deviceId) ?? [];
        return { own: ownTopics(name), granted, revision };
      });
  }

  /** The whole list. Without a change nothing is written or said, but that somebody set it. */
  async replace(
    { tenantId, name }: Actor,
    deviceId: Uuid,
    wanted: { readonly granted: readonly TopicGrant[]; readonly revision?: number | undefined },
  ): Promise<devices.DeviceTopics> {
    assertGrantable(wanted.granted);
    getRecord(this.#context, tenantId, deviceId);
    const changes = await this.#context.db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      const revision = await readRevision(tx, tenantId, deviceId);
      if (wanted.revision !== undefined && wanted.revision !== revision)
        throw new AppError("request.conflict", { revision });
      const before = (await loadGrants(tx, deviceId)).get(deviceId) ?? [];
      const changes = difference(before, wanted.granted);
      if (changes !== undefined) await replaceGrants(tx, tenantId, deviceId, wanted.granted);
      const act = { kind: "device.topics_changed", data: { ...(changes ?? UNCHANGED) } } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
      return changes;
    });
    if (changes !== undefined) {
      await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
      this.#context.deviceLog.note({
        tenantId,
        deviceId,
        kind: "credential",
        level: "info",
        message: "Granted topics changed",
        code: "topics_granted",
        data: { ...changes, by: name },
      });
    }
    return this.read(tenantId, deviceId);
  }
}

const UNCHANGED = { removed: [], added: [] };

function assertGrantable(grants: readonly TopicGrant[]): void {
  const known = new Set<string>();
  for (const { pattern, publish, subscribe } of grants) {
    const reason =
      findGrantProblem(pattern) ??
      (known.has(pattern) ? "repeated" : undefined) ??
      (publish || subscribe ? undefined : "nothing_allowed");
    if (reason !== undefined) throw new AppError("device.topic_not_grantable", { pattern, reason });
    known.add(pattern);
  }
}

const inWords = ({ pattern, publish, subscribe }: TopicGrant): string =>
  `${pattern} (${[publish && "publish", subscribe && "subscribe"].filter(Boolean).join(", ")})`;

/** Undefined when both lists allow the same. */
function difference(
  before: readonly TopicGrant[],
  after: readonly TopicGrant[],
): { readonly removed: readonly string[]; readonly added: readonly string[] } | undefined {
  const [old, fresh] = [before.map(inWords), after.map(inWords)];
  const changes = {
    removed: old.filter((text) => !fresh.includes(text)),
    added: fresh.filter((text) => !old.includes(text)),
  };
  return changes.removed.length + changes.added.length > 0 ? changes : undefined;
}

const ownTopics = (name: string): TopicGrant[] => [
  ...UP_KINDS.map((kind) => ({ pattern: upTopic(name, kind), publish: true, subscribe: false })),
  ...DOWN_KINDS.map((kind) => ({ pattern: downTopic(name, kind), publish: false, subscribe: true })),
];
