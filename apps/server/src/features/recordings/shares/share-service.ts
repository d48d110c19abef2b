import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { type access, type BodyOf, cameras, type QueryOf, type ReplyOf } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { hashPassword, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { ShareContext } from "./context.ts";
import type { FilmMaker } from "./film-maker.ts";
import { type KeptShare, MAX_ACTIVE, restorableMs, stateOf } from "./model.ts";
import { type ShareFilter, ShareQueryStore } from "./share-query-store.ts";
import { findShare, insertShare, setRevoked, spanStanding } from "./share-store.ts";
import type { Streams } from "./streams.ts";

const TOKEN_BYTES = 32;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const { maxSpanMs, undoMs } = cameras.SHARE_LIMITS;

/** Links as people of the organisation make, list and end them. */
export class ShareService {
  readonly #context: ShareContext;
  readonly #maker: FilmMaker;
  readonly #streams: Streams;

  constructor(context: ShareContext, maker: FilmMaker, streams: Streams) {
    this.#context = context;
    this.#maker = maker;
    this.#streams = streams;
  }

  async create(
    who: PersonPrincipal,
    cameraId: Uuid,
    wish: BodyOf<typeof cameras.createShare>,
  ): Promise<ReplyOf<typeof cameras.createShare>> {
    const { audit, clock, db, publicUrl, random } = this.#context;
    const { tenantId, personId } = who;
    const { fromMs, toMs, lifeMs, password, maxOpenings, showsCamera, allowsDownload } = wish;
    await this.#assertShareable({ tenantId, cameraId, fromMs, toMs });
    const token = newToken(random, TOKEN_BYTES);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const madeMs = clock.nowMs();
    const share = await db.transaction().execute(async (tx) => {
      const made = await insertShare(tx, {
        id: newUuid(clock, random),
        ...{
          tenantId,
          cameraId,
          fromMs,
          toMs,
          passwordHash,
          madeMs,
          maxOpenings,
          showsCamera,
          allowsDownload,
        },
        tokenSha256: sha256Hex(token),
        madeBy: personId,
        expiresMs: madeMs + lifeMs,
        note: wish.note?.trim() ?? "",
      });
      await audit.record(tx, {
        kind: "recording.shared",
        tenantId,
        subject: { kind: "device", id: cameraId },
        data: {
          link: made.number,
          ...{ fromMs, toMs, expiresMs: made.expiresMs, maxOpenings, showsCamera, allowsDownload },
          hasPassword: passwordHash !== undefined,
        },
        personal: { note: made.note },
      });
      return made;
    });
    this.#maker.want(share);
    return { share: await this.#view(share), url: `${publicUrl()}/share#${token}` };
  }

  async list(
    scope: access.Scope,
    query: QueryOf<typeof cameras.listShares>,
  ): Promise<ReplyOf<typeof cameras.listShares>> {
    const { clock, db } = this.#context;
    const filter: ShareFilter = {
      cameraIds: this.#wanted(scope, query.camera),
      fromMs: numberOf(query.fromMs),
      toMs: numberOf(query.toMs),
      activeMs: query.active === undefined ? undefined : clock.nowMs(),
    };
    const limit = Math.max(1, Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)));
    const store = new ShareQueryStore(db, scope.tenantId);
    const [found, total] = await Promise.all([
      store.list(filter, { limit, offset: Number(query.offset ?? 0) }),
      store.count(filter),
    ]);
    return { items: await Promise.all(found.map((share) => this.#view(share))), total };
  }

  /** Whoever is looking sees nothing more when it resolves. Refuses `share.ended` for one that does not work anyway. */
  async revoke(tenantId: Uuid, id: Uuid): Promise<cameras.Share> {
    const { clock } = this.#context;
    const share = await this.#get(tenantId, id);
    const nowMs = clock.nowMs();
    if (share.expiresMs <= nowMs) throw new AppError("share.ended");
    const revoked = await this.#change(share, "recording.share_revoked", { revokedMs: nowMs });
    this.#streams.cut(id);
    await this.#maker.cancel(id);
    return this.#view(revoked);
  }

  /** Undoes a revocation of the last ten minutes. Refuses `share.ended`. */
  async restore(tenantId: Uuid, id: Uuid): Promise<cameras.Share> {
    const { clock } = this.#context;
    const share = await this.#get(tenantId, id);
    if (restorableMs(share, clock.nowMs()) === undefined) throw new AppError("share.ended");
    const restored = await this.#change(share, "recording.shared", {
      revokedMs: null,
      sinceMs: clock.nowMs() - undoMs,
    });
    this.#maker.want(restored);
    return this.#view(restored);
  }

  async #change(
    { id, tenantId, cameraId, number }: KeptShare,
    kind: "recording.shared" | "recording.share_revoked",
    change: Parameters<typeof setRevoked>[2],
  ): Promise<KeptShare> {
    const { audit, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      const changed = await setRevoked(tx, id, change);
      if (changed === undefined) throw new AppError("share.ended");
      await audit.record(tx, {
        kind,
        tenantId,
        subject: { kind: "device", id: cameraId },
        data: { link: number, ...(kind === "recording.shared" ? { restored: true } : {}) },
      });
      return changed;
    });
  }

  async #get(tenantId: Uuid, id: Uuid): Promise<KeptShare> {
    const share = await findShare(this.#context.db, id);
    if (share?.tenantId !== tenantId) throw new AppError("share.not_found");
    return share;
  }

  async #assertShareable(span: {
    readonly tenantId: Uuid;
    readonly cameraId: Uuid;
    readonly fromMs: UnixMs;
    readonly toMs: UnixMs;
  }): Promise<void> {
    const { cameras: known, clock, db, films } = this.#context;
    const { tenantId, cameraId, fromMs, toMs } = span;
    if (known.find(cameraId)?.tenantId !== tenantId) throw new AppError("camera.none");
    if (!(fromMs < toMs) || toMs - fromMs > maxSpanMs || toMs > clock.nowMs())
      throw new AppError("segment.range_invalid");
    const { recorded, erased } = await spanStanding(db, span);
    if (erased) throw new AppError("segment.erased");
    if (!recorded) throw new AppError("share.nothing_recorded");
    const active = { cameraIds: "all", activeMs: clock.nowMs() } as const;
    if ((await new ShareQueryStore(db, tenantId).count(active)) >= MAX_ACTIVE)
      throw new AppError("share.too_many", { max: MAX_ACTIVE });
    await films.assertPossible(tenantId);
  }

  #wanted(scope: access.Scope, camera: Uuid | undefined): "all" | readonly Uuid[] {
    const within = this.#context.cameras.within(scope);
    if (camera === undefined) return within;
    return within === "all" || within.includes(camera) ? [camera] : [];
  }

  async #view(share: KeptShare): Promise<cameras.Share> {
    const { cameras: known, clock, sharers } = this.#context;
    const { id, number, cameraId, fromMs, toMs, madeMs, expiresMs, openings, note } = share;
    const nowMs = clock.nowMs();
    const camera = known.find(cameraId);
    const untilMs = restorableMs(share, nowMs);
    const sharedBy = await sharers.nameOf(share.tenantId, share.madeBy);
    return {
      ...{ id, number, cameraId, fromMs, toMs, madeMs, expiresMs, openings, note },
      cameraName: camera?.name ?? "",
      cameraLabel: camera?.label ?? "",
      ...(sharedBy === undefined ? {} : { sharedBy }),
      state: stateOf(share, nowMs),
      hasPassword: share.passwordHash !== undefined,
      ...(share.maxOpenings === undefined ? {} : { maxOpenings: share.maxOpenings }),
      ...(share.lastOpenedMs === undefined ? {} : { lastOpenedMs: share.lastOpenedMs }),
      showsCamera: share.showsCamera,
      allowsDownload: share.allowsDownload,
      film: this.#maker.standing(share),
      ...(untilMs === undefined ? {} : { restorableMs: untilMs }),
    };
  }
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
