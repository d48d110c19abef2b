import type { CapturedPicture } from "@gatehouse/capture";

/** Pictures on their way at once: enough for 25 a second over 100 ms, little enough to be of now over a slow line. */
const MAX_ON_THE_WAY = 3;

export interface OutboxDeps {
  /** Resolves when the server's end has read it. */
  post(picture: CapturedPicture): Promise<void>;
  isConnected(): boolean;
}

export interface OutboxCounts {
  /** Read by the server's end. */
  readonly sent: number;
  /** For which the line had no time, or was not there. */
  readonly skipped: number;
}

/** What waits for the line: the newest picture and nothing else, behind the initialisation it needs. */
export class Outbox {
  readonly #deps: OutboxDeps;
  #init: CapturedPicture | undefined;
  #isInitThere = false;
  #newest: CapturedPicture | undefined;
  #onTheWay = 0;
  #sent = 0;
  #skipped = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  get counts(): OutboxCounts {
    return { sent: this.#sent, skipped: this.#skipped };
  }

  offer(picture: CapturedPicture): void {
    if (picture.kind === "h264-init") {
      this.#init = picture;
      this.#isInitThere = false;
      this.#drop();
    } else {
      this.#drop();
      this.#newest = picture;
      this.#flush();
    }
  }

  /** A session began: the server knows nothing of what was said before, and what waited is old. */
  renew(): void {
    this.#isInitThere = false;
    this.#drop();
  }

  #drop(): void {
    if (this.#newest !== undefined) this.#skipped++;
    this.#newest = undefined;
  }

  #flush(): void {
    const picture = this.#newest;
    if (picture === undefined) return;
    if (!this.#deps.isConnected()) this.#drop();
    else if (this.#onTheWay < MAX_ON_THE_WAY) {
      this.#newest = undefined;
      if (picture.kind === "h264-fragment" && !this.#isInitThere) this.#giveInit();
      this.#post(picture);
    }
  }

  #giveInit(): void {
    this.#isInitThere = true;
    // Its fragment follows in the same session, in order.
    if (this.#init !== undefined) this.#deps.post(this.#init).catch(() => this.renew());
  }

  #post(picture: CapturedPicture): void {
    this.#onTheWay++;
    this.#deps
      .post(picture)
      .then(
        () => void this.#sent++,
        () => void this.#skipped++,
      )
      .finally(() => {
        this.#onTheWay--;
        this.#flush();
      });
  }
}
