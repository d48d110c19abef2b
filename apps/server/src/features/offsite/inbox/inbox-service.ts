import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { parseVerifierKey } from "@gatehouse/ledger";
import type { Blobs } from "../../../platform/blobs/index.ts";
import type { OffsiteContext } from "../context.ts";
import { keyBlob, segmentBlob } from "./deposit-files.ts";
import { type InboxRecord, InboxStore } from "./inbox-store.ts";

const MAX_INBOXES = 10;

type Body = cameras.OffsiteInboxBody;

export interface InboxContext extends Pick<OffsiteContext, "audit" | "clock" | "db" | "log" | "random"> {
  readonly blobs: Blobs;
}

/** Inboxes, as people set them. */
export class InboxService {
  readonly #context: InboxContext;
  readonly #store: InboxStore;

  constructor(context: InboxContext) {
    this.#context = context;
    this.#store = new InboxStore(context.db);
  }

  async list(tenantId: Uuid): Promise<cameras.OffsiteInbox[]> {
    const rows = await this.#store.list(tenantId);
    return rows.map(({ tenantId: _, lastMs, ...inbox }) => ({
      ...inbox,
      ...(lastMs === null ? {} : { lastMs }),
    }));
  }

  /** Refuses `offsite.invalid`, `limit.reached`. */
  async create(tenantId: Uuid, body: Body): Promise<cameras.OffsiteInbox> {
    const { clock, random } = this.#context;
    assertKey(body.senderKey);
    if ((await this.#store.list(tenantId)).length >= MAX_INBOXES)
      throw new AppError("limit.reached", { limit: "offsite_inboxes", max: MAX_INBOXES });
    const inbox = { ...body, id: newUuid(clock, random), tenantId, createdMs: clock.nowMs() };
    await this.#record("created", inbox, (store) => store.save(inbox));
    return this.#view(tenantId, inbox.id);
  }

  async update(tenantId: Uuid, inboxId: Uuid, body: Body): Promise<cameras.OffsiteInbox> {
    assertKey(body.senderKey);
    const inbox = { ...(await this.#find(inboxId)), ...body };
    await this.#record("changed", inbox, (store) => store.save(inbox));
    return this.#view(tenantId, inboxId);
  }

  /** With everything in it: keys, files, rows, in this order. */
  async remove(inboxId: Uuid): Promise<void> {
    const { blobs } = this.#context;
    const inbox = await this.#find(inboxId);
    for (const copy of await this.#store.all(inboxId)) {
      await blobs.remove(keyBlob(copy));
      await blobs.remove(segmentBlob(copy));
    }
    await this.#record("removed", inbox, (store) => store.remove(inboxId));
  }

  async #find(inboxId: Uuid): Promise<InboxRecord> {
    const inbox = await this.#store.find(inboxId);
    if (inbox === undefined) throw new AppError("offsite.inbox_not_found");
    return inbox;
  }

  async #view(tenantId: Uuid, inboxId: Uuid): Promise<cameras.OffsiteInbox> {
    const found = (await this.list(tenantId)).find(({ id }) => id === inboxId);
    if (found === undefined) throw new AppError("offsite.inbox_not_found");
    return found;
  }

  #record(
    change: "created" | "changed" | "removed",
    { id, tenantId, name, capBytes, keepDays, senderKey }: InboxRecord,
    act: (store: InboxStore) => Promise<void>,
  ): Promise<void> {
    const { audit, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      await act(new InboxStore(tx));
      await audit.record(tx, {
        kind: `offsite.inbox_${change}`,
        tenantId,
        subject: { kind: "offsite_inbox", id },
        data: { name, capBytes, keepDays, senderKey },
      });
    });
  }
}

function assertKey(senderKey: string): void {
  if (senderKey === "") return;
  try {
    parseVerifierKey(senderKey);
  } catch (cause) {
    throw new AppError("offsite.invalid", { field: "senderKey" }, { cause });
  }
}
