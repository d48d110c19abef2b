import type { Readable } from "node:stream";
import { AppError, isAppError, type Uuid } from "@gatehouse/base";
import type { BodyOf, cameras, ReplyOf } from "@gatehouse/contract";
import { newToken, sha256Hex, verifyPassword } from "../../../platform/secrets/index.ts";
import { GrowingDelay, networkOf, RollingBudget } from "../../../platform/throttle/index.ts";
import type { ShareContext } from "./context.ts";
import type { FilmMaker } from "./film-maker.ts";
import { forgetFilm } from "./film-store.ts";
import { isShown, type KeptShare, MAX_TRIES_AN_HOUR, nameOfFilm, stateOf, VIEW_MS } from "./model.ts";
import { countOpening, findByToken, findByView, isErased, lentWith } from "./share-store.ts";
import type { Streams } from "./streams.ts";
import type { ShareDatabase } from "./tables.ts";

const VIEW_BYTES = 32;
const HOUR_MS = 3_600_000;

/** The film of a link that somebody opened. */
export interface ShownFilm {
  readonly bytes: number;
  /** Both included. Refuses `server.busy`. */
  stream(first: number, last: number): Readable;
}

/**
 * Links as whoever has one opens them. Every link that does not work is answered alike, whether it never was one or has
 * ended; only of one that would still work is it said that its clip was erased.
 */
export class Openings {
  readonly #context: ShareContext;
  readonly #maker: FilmMaker;
  readonly #streams: Streams;
  /** Of one link together. */
  readonly #tries: RollingBudget;
  /** Of one link from one network. */
  readonly #wrong: GrowingDelay;

  constructor(context: ShareContext, maker: FilmMaker, streams: Streams) {
    this.#context = context;
    this.#maker = maker;
    this.#streams = streams;
    this.#tries = new RollingBudget(context.clock, MAX_TRIES_AN_HOUR, HOUR_MS);
    this.#wrong = new GrowingDelay(context.clock);
  }

  async find(token: string): Promise<ReplyOf<typeof cameras.findSharedClip>> {
    const { passwordHash, maxOpenings, openings } = await this.#working(token);
    return {
      hasPassword: passwordHash !== undefined,
      ...(maxOpenings === undefined ? {} : { openingsLeft: maxOpenings - openings }),
    };
  }

  /** The opening is in the audit log when it resolves. */
  async open(
    { token, password }: BodyOf<typeof cameras.openShare>,
    address: string,
  ): Promise<ReplyOf<typeof cameras.openShare>> {
    const { clock, db, random } = this.#context;
    const share = await this.#working(token);
    await this.#assertMayOpen(share, password, address);
    const view = newToken(random, VIEW_BYTES);
    const nowMs = clock.nowMs();
    const untilMs = Math.min(nowMs + VIEW_MS, share.expiresMs);
    const opened = await db.transaction().execute((tx) => this.#open(tx, share, { view, nowMs, untilMs }));
    this.#maker.want(opened);
    const more: { view: string; clip: cameras.SharedClip }[] = [];
    for (const lent of await lentWith(db, share.id)) {
      const standing = await this.#shown(lent, ["active"]).catch(() => undefined);
      if (standing === undefined) continue;
      const its = newToken(random, VIEW_BYTES);
      const one = await db
        .transaction()
        .execute((tx) => this.#open(tx, standing, { view: its, nowMs, untilMs }));
      this.#maker.want(one);
      more.push({ view: its, clip: await this.#clip(one) });
    }
    return { view, clip: await this.#clip(opened), more };
  }

  /** Counted, and in the audit log. */
  async #open(
    tx: ShareDatabase,
    share: KeptShare,
    { nowMs, untilMs, view }: { readonly view: string; readonly nowMs: number; readonly untilMs: number },
  ): Promise<KeptShare> {
    const counted = await countOpening(tx, share.id, { sha256: sha256Hex(view), nowMs, untilMs });
    if (counted === undefined) throw unavailable();
    await this.#context.audit.record(tx, {
      kind: "recording.viewed",
      tenantId: share.tenantId,
      // Named, so that nothing of whoever opened it is kept: not even from where.
      actor: { kind: "link", id: share.lendOf ?? share.id, tenantId: share.tenantId },
      subject: { kind: "device", id: share.cameraId },
      data: {
        via: "link",
        link: share.number,
        fromMs: share.fromMs,
        toMs: share.toMs,
        opening: counted.openings,
      },
    });
    return counted;
  }

  async view(view: string): Promise<cameras.SharedClip> {
    return this.#clip(await this.#opened(view));
  }

  /** Refuses `share.not_ready`. */
  async film(view: string): Promise<ShownFilm & Pick<KeptShare, "fromMs" | "allowsDownload">> {
    const { clock, films } = this.#context;
    const share = await this.#opened(view);
    const file = share.filmState === "ready" ? await films.open(nameOfFilm(share)).catch(lost) : undefined;
    if (file === undefined) throw await this.#notReady(share);
    const { id, tenantId, fromMs, allowsDownload } = share;
    const shown = {
      begins: () =>
        this.#opened(view).then(
          () => true,
          () => false,
        ),
      lasts: () => isShown(share, clock.nowMs()),
    };
    const stream = (first: number, last: number): Readable =>
      this.#streams.open({ id, tenantId }, file.read(first, last), shown);
    return { ...{ fromMs, allowsDownload, stream }, bytes: file.bytes };
  }

  async #working(token: string): Promise<KeptShare> {
    return this.#shown(await findByToken(this.#context.db, sha256Hex(token)), ["active"]);
  }

  async #opened(view: string): Promise<KeptShare> {
    const { clock, db } = this.#context;
    const share = await findByView(db, sha256Hex(view), clock.nowMs());
    return this.#shown(share, ["active", "used_up"]);
  }

  async #shown(share: KeptShare | undefined, states: readonly cameras.ShareState[]): Promise<KeptShare> {
    const { clock, db, sharers } = this.#context;
    if (share === undefined || sharers.isSuspended(share.tenantId)) throw unavailable();
    const state = stateOf(share, clock.nowMs());
    if (state === "erased") throw new AppError("share.erased");
    if (!states.includes(state)) throw unavailable();
    // Also when it was erased a moment ago.
    if (await isErased(db, share.id)) throw new AppError("share.erased");
    return share;
  }

  async #assertMayOpen(share: KeptShare, password: string | undefined, address: string): Promise<void> {
    const from = `${share.id} ${networkOf(address)}`;
    assertNoWait(this.#wrong.waitMs(from));
    assertNoWait(this.#tries.takeOrWaitMs(share.id));
    if (share.passwordHash === undefined) return;
    // Before the answer is known: many tries at once are many.
    this.#wrong.fail(from);
    if (!(await verifyPassword(share.passwordHash, password ?? "")))
      throw new AppError("share.password_wrong");
    this.#wrong.succeed(from);
  }

  /** A film that was lost is made again. */
  async #notReady(share: KeptShare): Promise<AppError> {
    const { db } = this.#context;
    if (share.filmState === "ready") await forgetFilm(db, share.id);
    this.#maker.want({ ...share, filmState: "waiting" });
    return new AppError("share.not_ready", { retryAfterSeconds: 2 });
  }

  async #clip(share: KeptShare): Promise<cameras.SharedClip> {
    const { sharers } = this.#context;
    const { tenantId, number, note, fromMs, toMs, expiresMs, allowsDownload } = share;
    const sharedBy = await sharers.nameOf(tenantId, share.madeBy);
    const camera = this.#context.cameras.find(share.cameraId);
    return {
      ...{ number, note, fromMs, toMs, expiresMs, allowsDownload },
      organisation: sharers.organisationOf(tenantId),
      ...(sharedBy === undefined ? {} : { sharedBy }),
      ...(share.showsCamera && camera?.tenantId === tenantId ? { camera: camera.label || camera.name } : {}),
      timeZone: await this.#timeZone(tenantId, share.cameraId),
      film: this.#maker.standing(share),
    };
  }

  async #timeZone(tenantId: Uuid, cameraId: Uuid): Promise<string> {
    const camera = this.#context.cameras.find(cameraId);
    return camera?.tenantId === tenantId ? this.#context.cameras.timeZoneOf(tenantId, camera.siteId) : "UTC";
  }
}

/** One that does not open as it was sealed is as good as none: it is made again. */
function lost(error: unknown): undefined {
  if (!isAppError(error, "export.damaged")) throw error;
}

const unavailable = (): AppError => new AppError("share.unavailable");

function assertNoWait(waitMs: number): void {
  if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: waitMs / 1_000 });
}
