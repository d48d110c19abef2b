import { isAppError, type MonotonicMs, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { unasked } from "../../../platform/audit/index.ts";
import type { ShareContext } from "./context.ts";
import { listUnmade, setFilm } from "./film-store.ts";
import { type KeptShare, nameOfFilm, RETRY_AFTER_MS, watermarkOf } from "./model.ts";

interface Making {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  /** Undefined while it waits for its turn. */
  progress: number | undefined;
}

/** Films of links: asked for when the link is made, kept until it ends. */
export class FilmMaker {
  readonly #context: ShareContext;
  readonly #making = new Map<Uuid, Making>();
  readonly #failedMs = new Map<Uuid, MonotonicMs>();
  #isStopping = false;

  constructor(context: ShareContext) {
    this.#context = context;
  }

  /** What a stop or a crash cut off begins again. */
  async start(): Promise<void> {
    const { clock, db } = this.#context;
    for (const share of await listUnmade(db, clock.nowMs())) this.want(share);
  }

  /** Makes the film unless it is there, being made, or has just failed. */
  want(share: KeptShare): void {
    const { clock } = this.#context;
    if (share.filmState === "ready" || this.#making.has(share.id) || this.#isStopping) return;
    const failedMs = this.#failedMs.get(share.id);
    if (failedMs !== undefined && clock.monotonicMs() - failedMs < RETRY_AFTER_MS) return;
    this.#failedMs.delete(share.id);
    const abort = new AbortController();
    const making: Making = {
      abort,
      progress: undefined,
      // It outlives the request that set it off.
      done: unasked(() =>
        this.#make(share, abort.signal, (ratio) => {
          making.progress = ratio;
        }).finally(() => this.#making.delete(share.id)),
      ),
    };
    this.#making.set(share.id, making);
  }

  /** Resolves when nothing is made of it any more. */
  async cancel(id: Uuid): Promise<void> {
    this.#failedMs.delete(id);
    const making = this.#making.get(id);
    making?.abort.abort();
    await making?.done;
  }

  standing({ id, filmState, filmBytes, filmFailure }: KeptShare): cameras.SharedFilm {
    const making = this.#making.get(id);
    if (making !== undefined)
      return making.progress === undefined
        ? { state: "waiting", progress: 0 }
        : { state: "rendering", progress: making.progress };
    return {
      state: filmState,
      progress: filmState === "ready" ? 1 : 0,
      ...(filmBytes === undefined ? {} : { bytes: filmBytes }),
      ...(filmFailure === undefined ? {} : { failure: filmFailure }),
    };
  }

  /** Resolves when nothing is made that was asked for so far. */
  async idle(): Promise<void> {
    await Promise.all([...this.#making.values()].map(({ done }) => done));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { abort } of this.#making.values()) abort.abort();
    await this.idle();
  }

  async #make(share: KeptShare, signal: AbortSignal, onProgress: (ratio: number) => void): Promise<void> {
    const { db, films, log } = this.#context;
    const { id, tenantId, cameraId, fromMs, toMs } = share;
    try {
      const watermark = await this.#watermark(share);
      // Of a film that was made a moment before the program ended.
      await films.remove(nameOfFilm(share));
      const order = { tenantId, cameraId, fromMs, toMs, fileId: id, watermark, signal, onProgress };
      const { bytes } = await films.render(order);
      if (signal.aborted || !(await setFilm(db, id, { state: "ready", bytes })))
        await films.remove(nameOfFilm(share));
    } catch (error) {
      if (signal.aborted) return;
      const code = isAppError(error) ? error.code : "server.internal";
      log.warn({ shareId: id, cameraId, code, err: error }, "share.film_failed");
      this.#failedMs.set(id, this.#context.clock.monotonicMs());
      await setFilm(db, id, { state: "failed", failure: code }).catch((err: unknown) =>
        log.error({ err, shareId: id }, "share.film_not_noted"),
      );
    }
  }

  async #watermark(share: KeptShare): Promise<string> {
    const { sharers } = this.#context;
    const name = await sharers.nameOf(share.tenantId, share.madeBy);
    return watermarkOf(share, sharers.organisationOf(share.tenantId), name ?? "");
  }
}
