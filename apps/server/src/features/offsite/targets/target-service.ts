import { AppError, isAppError, newUuid, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { parseOutgoingUrl, resolveOutgoing } from "../../../platform/outgoing/index.ts";
import type { OffsiteContext } from "../context.ts";
import { reasonOf, saidOf, setBackTarget } from "../copying/failures.ts";
import { openRemote } from "../remotes/open-remote.ts";
import { fieldOf, keepSecret, secretOf } from "./target-secrets.ts";
import { type TargetRecord, TargetStore } from "./target-store.ts";
import { viewOf } from "./target-view.ts";

const MAX_TARGETS = 10;
const TEST_MS = 60_000;

type Body = cameras.OffsiteTargetBody;

/** Where copies go, as people set it. */
export class TargetService {
  readonly #context: OffsiteContext;
  readonly #changed: () => void;

  /** `changed`: there may be something to do that was not before. */
  constructor(context: OffsiteContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  list(tenantId: Uuid): Promise<cameras.OffsiteTarget[]> {
    return viewOf(this.#context, tenantId);
  }

  /** Refuses `offsite.invalid`, `url.forbidden`, `limit.reached`. */
  async create(
    tenantId: Uuid,
    { fromStart, settings, ...body }: Body & { readonly fromStart: boolean },
  ): Promise<cameras.OffsiteTarget> {
    const { clock, random, secrets, targets } = this.#context;
    await assertSettings(settings, body.allowPrivate);
    if ((await targets.list(tenantId)).length >= MAX_TARGETS)
      throw new AppError("limit.reached", { limit: "offsite_targets", max: MAX_TARGETS });
    const nowMs = clock.nowMs();
    const id = newUuid(clock, random);
    const target: TargetRecord = {
      ...body,
      ...{ id, tenantId, sealed: secrets.seal(id, settings), health: "untested", failures: 0, nextMs: 0 },
      sinceMs: fromStart ? 0 : nowMs,
      ...{ checkedMs: nowMs, createdMs: nowMs, updatedMs: nowMs },
    };
    await this.#record("created", target, (writing) => writing.insert(target));
    this.#changed();
    return this.#view(tenantId, id);
  }

  /** Refuses `offsite.target_not_found` and what creating refuses, and `secret.required`. */
  async update(
    tenantId: Uuid,
    targetId: Uuid,
    { settings: asked, ...body }: Body,
  ): Promise<cameras.OffsiteTarget> {
    const { clock, secrets } = this.#context;
    const known = await this.#find(tenantId, targetId);
    const settings = keepSecret(asked, this.#stored(known));
    await assertSettings(settings, body.allowPrivate);
    const updatedMs = Math.max(clock.nowMs(), known.updatedMs + 1);
    const target = { ...known, ...body, sealed: secrets.seal(targetId, settings), updatedMs };
    await this.#record("changed", target, async (writing) => {
      if (!(await writing.update(target))) throw new AppError("offsite.target_not_found");
    });
    this.#changed();
    return this.#view(tenantId, targetId);
  }

  async remove(tenantId: Uuid, targetId: Uuid): Promise<void> {
    await this.#record("removed", await this.#find(tenantId, targetId), async (writing) => {
      if (!(await writing.remove(tenantId, targetId))) throw new AppError("offsite.target_not_found");
    });
  }

  async test(
    tenantId: Uuid,
    targetId: Uuid,
  ): Promise<{ readonly ok: boolean; readonly failure?: cameras.OffsiteFailure }> {
    const target = await this.#find(tenantId, targetId);
    await this.#record("tested", target, async () => undefined);
    try {
      await openRemote(this.#context, target).probe(AbortSignal.timeout(TEST_MS));
    } catch (error) {
      const failure = reasonOf(error);
      await setBackTarget(this.#context, target, failure);
      return { ok: false, failure: saidOf(failure) };
    }
    await this.#context.targets.setWell(targetId);
    this.#changed();
    return { ok: true };
  }

  async retry(tenantId: Uuid, targetId: Uuid): Promise<number> {
    const { clock, copies, targets } = this.#context;
    await this.#find(tenantId, targetId);
    const count = await copies.retry(targetId, clock.nowMs());
    await targets.hurry(targetId);
    this.#changed();
    return count;
  }

  async #view(tenantId: Uuid, targetId: Uuid): Promise<cameras.OffsiteTarget> {
    const found = (await this.list(tenantId)).find(({ id }) => id === targetId);
    if (found === undefined) throw new AppError("offsite.target_not_found");
    return found;
  }

  async #find(tenantId: Uuid, targetId: Uuid): Promise<TargetRecord> {
    const target = await this.#context.targets.find(targetId, tenantId);
    if (target === undefined) throw new AppError("offsite.target_not_found");
    return target;
  }

  /** When the installation's key is another one, people can still enter everything anew. */
  #stored({ id, sealed }: TargetRecord): cameras.OffsiteSettings {
    try {
      return this.#context.secrets.open(id, sealed);
    } catch (error) {
      if (!isAppError(error, "secret.unreadable")) throw error;
      return sealed.plain;
    }
  }

  #record(
    change: "created" | "changed" | "removed" | "tested",
    { id, tenantId, name, enabled, keepDays, sealed }: TargetRecord,
    act: (writing: TargetStore) => Promise<void>,
  ): Promise<void> {
    const { audit, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      await act(new TargetStore(tx));
      await audit.record(tx, {
        kind: `offsite.target_${change}`,
        tenantId,
        subject: { kind: "offsite_target", id },
        data: { name, enabled, keepDays, kind: sealed.plain.kind, host: hostOf(sealed.plain) },
      });
    });
  }
}

const urlOf = (settings: cameras.OffsiteSettings): string =>
  settings.kind === "s3" ? settings.endpoint : settings.url;

const hostOf = (settings: cameras.OffsiteSettings): string => new URL(urlOf(settings)).host;

async function assertSettings(settings: cameras.OffsiteSettings, allowPrivate: boolean): Promise<void> {
  if (secretOf(settings) === "") throw new AppError("offsite.invalid", { field: fieldOf(settings) });
  const url = parseOutgoingUrl(urlOf(settings), { allowPrivate });
  const field = settings.kind === "s3" ? "endpoint" : "url";
  if (url.search !== "" || url.hash !== "") throw new AppError("offsite.invalid", { field });
  try {
    await resolveOutgoing(url, { allowPrivate });
  } catch (error) {
    // A name that is not known at the moment may be known when something is copied.
    if (!isAppError(error, "url.unreachable")) throw error;
  }
}
