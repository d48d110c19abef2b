import type { Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { ShareContext } from "./context.ts";
import type { FilmMaker } from "./film-maker.ts";
import { deleteOld, forgetFilm, listOver } from "./film-store.ts";
import { type KeptShare, LISTED_MS, nameOfFilm } from "./model.ts";
import { markErased } from "./share-store.ts";
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

  /**
   * In the transaction that erased recordings of the camera: links to them show nothing from its commit on. What it
   * answers takes their films away.
   */
  async markErased(
    tx: AnyDatabase,
    camera: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  ): Promise<() => Promise<void>> {
    const marked = await markErased(tx, this.#context.clock.nowMs(), camera);
    return () => this.#end(marked);
  }

  /** For links that were made while something was being erased. */
  async followErasures(): Promise<void> {
    const { clock, db } = this.#context;
    await this.#end(await markErased(db, clock.nowMs()));
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

  async #end(shares: readonly KeptShare[]): Promise<void> {
    for (const share of shares) {
      this.#streams.cut(share.id);
      await this.#maker.cancel(share.id);
      await this.#removeFilm(share);
    }
  }

  async #removeFilm(share: KeptShare): Promise<void> {
    const { db, films } = this.#context;
    await films.remove(nameOfFilm(share));
    await forgetFilm(db, share.id);
  }
}
