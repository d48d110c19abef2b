import { Readable } from "node:stream";
import { AppError, type Uuid } from "@gatehouse/base";
import { MAX_STREAMS, MAX_STREAMS_OF_ONE } from "./model.ts";

/** Whether the link still shows something. */
export interface Shown {
  /** Asked once, when what is on its way can be cut already: so that no end is missed between the two. */
  begins(): Promise<boolean>;
  /** Asked again and again. */
  lasts(): boolean;
}

/** Films on their way to whoever has a link; each can be cut at once. */
export class Streams {
  readonly #ofShare = new Map<Uuid, { readonly tenantId: Uuid; readonly open: Set<Readable> }>();
  #count = 0;

  /** Bytes as they are asked for, until the link ends. Refuses `server.busy`. */
  open(
    share: { readonly id: Uuid; readonly tenantId: Uuid },
    bytes: AsyncIterable<Uint8Array>,
    isShown: Shown,
  ): Readable {
    const known = this.#ofShare.get(share.id) ?? { tenantId: share.tenantId, open: new Set<Readable>() };
    if (this.#count >= MAX_STREAMS || known.open.size >= MAX_STREAMS_OF_ONE)
      throw new AppError("server.busy", { retryAfterSeconds: 5 });
    const stream = Readable.from(whileShown(bytes, isShown), { objectMode: false });
    this.#count++;
    known.open.add(stream);
    this.#ofShare.set(share.id, known);
    stream.once("close", () => {
      this.#count--;
      known.open.delete(stream);
      if (known.open.size === 0) this.#ofShare.delete(share.id);
    });
    // Whoever it is sent to hears of it as a connection that ends early.
    stream.on("error", () => undefined);
    return stream;
  }

  /** Not one byte more. */
  cut(shareId: Uuid): void {
    for (const stream of this.#ofShare.get(shareId)?.open ?? []) stream.destroy(ended());
  }

  cutTenant(tenantId: Uuid): void {
    for (const [shareId, known] of this.#ofShare) if (known.tenantId === tenantId) this.cut(shareId);
  }

  cutAll(): void {
    for (const shareId of this.#ofShare.keys()) this.cut(shareId);
  }

  get count(): number {
    return this.#count;
  }
}

const ended = (): AppError => new AppError("share.unavailable");

async function* whileShown(bytes: AsyncIterable<Uint8Array>, shown: Shown): AsyncGenerator<Uint8Array> {
  if (!(await shown.begins())) throw ended();
  for await (const part of bytes) {
    if (!shown.lasts()) throw ended();
    yield part;
  }
}
