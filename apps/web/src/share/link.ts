import type { cameras, ReplyOf } from "@gatehouse/contract";

const FIND = "/api/v1/shares/find";
const OPEN = "/api/v1/shares/open";
const VIEWS = "/api/v1/share-views/";
const SECOND_MS = 1_000;

export type Door = ReplyOf<typeof cameras.findSharedClip>;
export type Clip = cameras.SharedClip;
export type Ending = "unavailable" | "erased" | "unreachable";
export type Refusal = { readonly refused: "password" } | { readonly refused: "wait"; readonly ms: number };

/** Why a link shows nothing. */
export class Ended extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending);
    this.ending = ending;
  }
}

/** The secret stands behind the # of the address, which browsers send to nobody. */
export const tokenIn = (hash: string): string | undefined => /^#([A-Za-z0-9_-]{43})$/.exec(hash)?.[1];

/** A link, as the server answers whoever has it. Rejects with `Ended`. */
export class SharedLink {
  readonly #token: string;
  /** Ways to the clips that it shows, one each. */
  #views: readonly string[];
  #at = 0;

  constructor(token: string) {
    this.#token = token;
    this.#views = (history.state as { readonly views?: readonly string[] } | null)?.views ?? [];
  }

  /** How many clips it shows, and which of them is looked at. */
  get place(): { readonly at: number; readonly of: number } {
    return { at: this.#at, of: this.#views.length };
  }

  /** What is looked at from now on. */
  turnTo(at: number): void {
    this.#at = at;
  }

  /** What this tab opened before, while that lasts. */
  async resume(): Promise<Clip | undefined> {
    if (this.#views.length === 0) return undefined;
    try {
      return await this.look();
    } catch (error) {
      if (error instanceof Ended && error.ending === "unavailable") return undefined;
      throw error;
    }
  }

  async find(): Promise<Door> {
    return answerOf<Door>(await ask(FIND, { token: this.#token }));
  }

  async open(password: string | undefined): Promise<Clip | Refusal> {
    const response = await ask(OPEN, {
      token: this.#token,
      ...(password === undefined ? {} : { password }),
    });
    if (response.status === 403) return { refused: "password" };
    if (response.status === 429)
      return { refused: "wait", ms: Number(response.headers.get("retry-after") ?? 1) * SECOND_MS };
    const { view, clip, more } = await answerOf<ReplyOf<typeof cameras.openShare>>(response);
    this.#views = [view, ...more.map((one) => one.view)];
    this.#at = 0;
    // Goes with the tab, as the address itself: a page that is read anew is no new opening.
    history.replaceState({ views: this.#views }, "");
    return clip;
  }

  async look(): Promise<Clip> {
    return answerOf<Clip>(await ask(VIEWS + this.#views[this.#at]));
  }

  film(isDownload = false): string {
    return `${VIEWS}${this.#views[this.#at]}/film${isDownload ? "?download=true" : ""}`;
  }
}

async function ask(path: string, body?: object): Promise<Response> {
  try {
    return await fetch(path, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      ...(body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
    });
  } catch {
    throw new Ended("unreachable");
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  if (response.status === 410) throw new Ended("erased");
  throw new Ended(response.status === 404 ? "unavailable" : "unreachable");
}
