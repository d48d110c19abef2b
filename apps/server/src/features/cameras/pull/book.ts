import { AppError, type Clock, type Logger, type Random, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import { isForeignKeyViolation } from "../../../platform/database/index.ts";
import { parseOutgoingUrl } from "../../../platform/outgoing/index.ts";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import type { CameraDatabase } from "../tables.ts";
import { type ChosenSource, isSameHost, kindOf, PULL_PROTOCOLS, placeOf } from "./source-model.ts";
import { loadSources, removeSource, type StoredSource, writeSource } from "./source-store.ts";

export interface SourceBookDeps {
  readonly db: CameraDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly sealingKey: Uint8Array;
}

interface Place {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
}

const contextOf = (cameraId: Uuid): string => `cameras/source/${cameraId}`;

/** What organisations let the server fetch: sealed in the database, open in memory. */
export class SourceBook {
  readonly #deps: SourceBookDeps;
  readonly #chosen = new Map<Uuid, ChosenSource>();
  /** Sealed under another key than this installation's. */
  readonly #unreadable = new Map<Uuid, Place>();

  constructor(deps: SourceBookDeps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const stored of await loadSources(this.#deps.db)) {
      try {
        this.#chosen.set(stored.cameraId, this.#open(stored));
      } catch {
        this.#unreadable.set(stored.cameraId, stored);
        this.#deps.log.error({ cameraId: stored.cameraId }, "camera_source.unreadable");
      }
    }
  }

  /** Oldest choice first. */
  all(): IteratorObject<ChosenSource> {
    return this.#chosen.values();
  }

  find(tenantId: Uuid, cameraId: Uuid): ChosenSource | undefined {
    const found = this.#chosen.get(cameraId);
    return found?.tenantId === tenantId ? found : undefined;
  }

  isUnreadable(cameraId: Uuid): boolean {
    return this.#unreadable.has(cameraId);
  }

  /** What is asked for, with what is kept of name and password. Refuses what may never be called. */
  complete(place: Place, { url: text, user, password, allowPrivate }: cameras.PullSource): ChosenSource {
    // As it stands in a request: other letters than ASCII's are escaped.
    const url = parseOutgoingUrl(text, { allowPrivate, protocols: PULL_PROTOCOLS }).href;
    const before = this.find(place.tenantId, place.cameraId);
    const isKept = user === undefined && password === undefined;
    const hasLogin = before !== undefined && (before.user !== "" || before.password !== "");
    if (isKept && hasLogin && !isSameHost(before.url, url))
      throw new AppError("secret.required", { field: "password" });
    const login = isKept && before !== undefined ? before : { user: user ?? "", password: password ?? "" };
    return {
      ...place,
      url,
      user: login.user,
      password: login.password,
      allowPrivate,
      changedMs: Math.max(this.#deps.clock.nowMs(), (before?.changedMs ?? 0) + 1),
    };
  }

  async put(source: ChosenSource): Promise<void> {
    const { db, random, sealingKey } = this.#deps;
    const { tenantId, cameraId, url, user, password, allowPrivate, changedMs } = source;
    const text = JSON.stringify({ url, user, password });
    const sealed = sealSecret(sealingKey, text, contextOf(cameraId), random);
    await db
      .transaction()
      .execute(async (tx) => {
        await writeSource(tx, { tenantId, cameraId, sealed, allowPrivate, changedMs });
        await this.#record(tx, this.#chosen.has(cameraId) ? "changed" : "added", source);
      })
      .catch((error: unknown) => {
        throw isForeignKeyViolation(error) ? new AppError("device.not_found") : error;
      });
    this.#unreadable.delete(cameraId);
    this.#chosen.set(cameraId, source);
  }

  async remove(place: Place): Promise<void> {
    const known = this.find(place.tenantId, place.cameraId);
    await this.#deps.db.transaction().execute(async (tx) => {
      if (!(await removeSource(tx, place))) throw new AppError("camera.source_none");
      await this.#record(tx, "removed", known ?? place);
    });
    this.forget(place.cameraId);
  }

  /** Somebody lets the server connect there once. */
  async recordTest(source: ChosenSource): Promise<void> {
    await this.#deps.db.transaction().execute((tx) => this.#record(tx, "tested", source));
  }

  forget(cameraId: Uuid): void {
    this.#chosen.delete(cameraId);
    this.#unreadable.delete(cameraId);
  }

  #open({ tenantId, cameraId, sealed, allowPrivate, changedMs }: StoredSource): ChosenSource {
    const text = new TextDecoder().decode(openSecret(this.#deps.sealingKey, sealed, contextOf(cameraId)));
    const { url, user, password } = JSON.parse(text) as Pick<ChosenSource, "url" | "user" | "password">;
    return { tenantId, cameraId, url, user, password, allowPrivate, changedMs };
  }

  #record(
    tx: CameraDatabase,
    change: "added" | "changed" | "removed" | "tested",
    source: Place & Partial<ChosenSource>,
  ): Promise<void> {
    const { tenantId, cameraId, url, allowPrivate } = source;
    return this.#deps.audit.record(tx, {
      kind: "camera.source_changed",
      tenantId,
      subject: { kind: "device", id: cameraId },
      data: {
        change,
        ...(url === undefined
          ? {}
          : { source: kindOf(url), place: placeOf(url), privateAllowed: allowPrivate }),
      },
    });
  }
}
