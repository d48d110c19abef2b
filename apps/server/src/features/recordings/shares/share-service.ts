import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { type access, type BodyOf, cameras, type QueryOf, type ReplyOf } from "@gatehouse/contract";
import { waitTurn } from "../../../platform/database/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { hashPassword, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { ShareContext } from "./context.ts";
import type { FilmMaker } from "./film-maker.ts";
import { type KeptShare, MAX_ACTIVE, restorableMs, stateOf } from "./model.ts";
import { type ShareFilter, ShareQueryStore } from "./share-query-store.ts";
import { findShare, insertShare, lentWith, type NewShare, setRevoked, spanStanding } from "./share-store.ts";
import type { Streams } from "./streams.ts";
import type { ShareDatabase } from "./tables.ts";

const TOKEN_BYTES = 32;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const { maxSpanMs, undoMs } = cameras.SHARE_LIMITS;

type LendWish = Omit<BodyOf<typeof cameras.createShare>, "fromMs" | "toMs">;
type Lender = Pick<PersonPrincipal, "tenantId" | "personId">;

interface LentClip {
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

interface Lent {
  readonly shares: readonly cameras.Share[];
  readonly url: string;
}

/** For whoever lends several clips by one link. */
export type Lending = Pick<ShareService, "lend" | "listed" | "revoke">;

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
    const { fromMs, toMs } = wish;
    const { shares, url } = await this.lend(who, [{ cameraId, fromMs, toMs }], wish);
    return { share: shares[0] as cameras.Share, url };
  }

  /** One link to several clips: the first one's. Refuses what `createShare` refuses for any of them. */
  async lend(who: Lender, clips: readonly LentClip[], wish: LendWish): Promise<Lent> {
    const { clock, db, publicUrl, random } = this.#context;
    const { tenantId } = who;
    for (const clip of clips) await this.#assertShareable({ tenantId, ...clip });
    await this.#context.films.assertPossible(tenantId);
    const token = newToken(random, TOKEN_BYTES);
    const { password } = wish;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const madeMs = clock.nowMs();
    const made = await db.transaction().execute(async (tx) => {
      await this.#assertFew(tx, tenantId, clips.length);
      const all: KeptShare[] = [];
      for (const clip of clips) {
        const [first] = all;
        // Nobody is told the token of those that come with another.
        const tokenSha256 = sha256Hex(first === undefined ? token : newToken(random, TOKEN_BYTES));
        const guard = { tokenSha256, passwordHash, lendOf: first?.id };
        all.push(await this.#insert(tx, who, { ...clip, ...guard, madeMs }, wish));
      }
      return all;
    });
    for (const share of made) this.#maker.want(share);
    const shares = await Promise.all(made.map((share) => this.#view(share)));
    return { shares, url: `${publicUrl()}/share#${token}` };
  }

  /** Those of these that are still listed, in the order of the ids. */
  async listed(tenantId: Uuid, ids: readonly Uuid[]): Promise<cameras.Share[]> {
    const found = await Promise.all(ids.map((id) => findShare(this.#context.db, id)));
    const own = found.filter((share) => share?.tenantId === tenantId) as KeptShare[];
    return Promise.all(own.map((share) => this.#view(share)));
  }

  async #insert(
    tx: ShareDatabase,
    { personId, tenantId }: Lender,
    clip: LentClip & Pick<NewShare, "tokenSha256" | "passwordHash" | "lendOf" | "madeMs">,
    { allowsDownload, lifeMs, maxOpenings, note, showsCamera }: LendWish,
  ): Promise<KeptShare> {
    const { audit, clock, random } = this.#context;
    const made = await insertShare(tx, {
      ...clip,
      ...{ tenantId, maxOpenings, showsCamera, allowsDownload },
      id: newUuid(clock, random),
      madeBy: personId,
      expiresMs: clip.madeMs + lifeMs,
      note: note?.trim() ?? "",
    });
    const { fromMs, toMs } = clip;
    await audit.record(tx, {
      kind: "recording.shared",
      tenantId,
      subject: { kind: "device", id: clip.cameraId },
      data: {
        link: made.number,
        ...{ fromMs, toMs, expiresMs: made.expiresMs, maxOpenings, showsCamera, allowsDownload },
        hasPassword: made.passwordHash !== undefined,
      },
      personal: { note: made.note },
    });
    return made;
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
    const all = [share, ...(await lentWith(this.#context.db, id))];
    await this.#change(tenantId, all, "recording.share_revoked", { revokedMs: nowMs });
    for (const one of all) this.#streams.cut(one.id);
    for (const one of all) await this.#maker.cancel(one.id);
    return this.#view(await this.#get(tenantId, id));
  }

  /** Undoes a revocation of the last ten minutes. Refuses `share.ended`, `share.too_many`. */
  async restore(tenantId: Uuid, id: Uuid): Promise<cameras.Share> {
    const { clock } = this.#context;
    const share = await this.#get(tenantId, id);
    if (restorableMs(share, clock.nowMs()) === undefined) throw new AppError("share.ended");
    const restored = await this.#change(
      tenantId,
      [share, ...(await lentWith(this.#context.db, id))],
      "recording.shared",
      { revokedMs: null, sinceMs: clock.nowMs() - undoMs },
    );
    for (const one of restored) this.#maker.want(one);
    return this.#view(await this.#get(tenantId, id));
  }

  /**
   * What was lent together ends together, or not at all; what has ended already stays as it is. Refuses `share.ended`
   * where that is all of it.
   */
  async #change(
    tenantId: Uuid,
    shares: readonly KeptShare[],
    kind: "recording.shared" | "recording.share_revoked",
    change: Parameters<typeof setRevoked>[2],
  ): Promise<readonly KeptShare[]> {
    const { audit, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      if (kind === "recording.shared") await this.#assertFew(tx, tenantId, shares.length);
      const changed: KeptShare[] = [];
      for (const { id, cameraId, number } of shares) {
        const one = await setRevoked(tx, id, change);
        if (one === undefined) continue;
        changed.push(one);
        await audit.record(tx, {
          kind,
          tenantId,
          subject: { kind: "device", id: cameraId },
          data: { link: number, ...(kind === "recording.shared" ? { restored: true } : {}) },
        });
      }
      if (changed.length === 0) throw new AppError("share.ended");
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
    const { cameras: known, clock, db } = this.#context;
    const { tenantId, cameraId, fromMs, toMs } = span;
    if (known.find(cameraId)?.tenantId !== tenantId) throw new AppError("camera.none");
    if (!(fromMs < toMs) || toMs - fromMs > maxSpanMs || toMs > clock.nowMs())
      throw new AppError("segment.range_invalid");
    const { recorded, erased } = await spanStanding(db, span);
    if (erased) throw new AppError("segment.erased");
    if (!recorded) throw new AppError("share.nothing_recorded");
  }

  /** First in the transaction that adds so many: as few work at the same time until the commit. Refuses `share.too_many`. */
  async #assertFew(tx: ShareDatabase, tenantId: Uuid, count: number): Promise<void> {
    await waitTurn(tx, "shares", tenantId);
    const active = { cameraIds: "all", activeMs: this.#context.clock.nowMs() } as const;
    if ((await new ShareQueryStore(tx, tenantId).count(active)) + count > MAX_ACTIVE)
      throw new AppError("share.too_many", { max: MAX_ACTIVE });
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
