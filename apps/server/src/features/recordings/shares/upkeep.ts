import { cameras } from "@gatehouse/contract";
import type { ShareContext } from "./context.ts";
import type { FilmMaker } from "./film-maker.ts";
import { type KeptShare, LISTED_MS, nameOfFilm } from "./model.ts";
import { deleteOld, forgetFilm, listOver, markErased } from "./share-store.ts";
import type { Streams } from "./streams.ts";

/** The end of links: nothing of a film outlives what made it visible. */
export class ShareUpkeep {
  readonly #context: ShareContext;
  readonly #maker: FilmMaker;
  readonly #streams: Streams;

  constructor(context: ShareContext, maker: FilmMaker, streams: Streams) {
    this.#context = context;
    this.#maker = maker;
    this.#streams = streams;
  }

  /** Links to what was erased show nothing any more, and their films are gone when it resolves. */
  async followErasures(): Promise<void> {
    const { clock, db } = this.#context;
    for (const share of await markErased(db, clock.nowMs())) {
      this.#streams.cut(share.id);
      await this.#maker.cancel(share.id);
      await this.#removeFilm(share);
    }
  }

  /** Once a minute. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, db } = this.#context;
    await this.followErasures();
    const nowMs = clock.nowMs();
    const revokedBeforeMs = nowMs - cameras.SHARE_LIMITS.undoMs;
    for (const share of await listOver(db, { nowMs, revokedBeforeMs })) {
      if (signal.aborted) return;
      this.#streams.cut(share.id);
      await this.#removeFilm(share);
    }
    await deleteOld(db, { nowMs, endedBeforeMs: nowMs - LISTED_MS });
  }

  async #removeFilm(share: KeptShare): Promise<void> {
    const { db, films } = this.#context;
    await films.remove(nameOfFilm(share));
    await forgetFilm(db, share.id);
  }
}
