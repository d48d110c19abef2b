import type { Logger, UnixMs } from "@gatehouse/base";
import type { VerifierKey } from "@gatehouse/ledger";
import { parseManifest } from "@gatehouse/video";
import type { ClipFiles, ClipMark } from "./clip-files.ts";
import type { ClipKeys } from "./clip-keys.ts";
import { recoverClip } from "./recovery.ts";

export interface Clip {
  readonly id: string;
  readonly mark: ClipMark;
}

/** What is kept, and what of it the server is to have. */
export interface ClipPolicy {
  /** Whether what is wanted is brought to the server; else it stays until somebody asks for it. */
  readonly brings: boolean;
  /** Everything, not only what events need. */
  readonly all: boolean;
  readonly preRollMs: number;
  readonly postRollMs: number;
  readonly keepMs: number;
  readonly keepNeededMs: number;
}

export interface RingLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** Time that an event needs; without an end while it goes on. */
interface Need {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** How long something waits for an event that needs it, after its pre-roll. */
const GRACE_MS = 120_000;
/** Events whose time is remembered. */
const MAX_NEEDS = 500;
/** Until the server says otherwise everything stays, within the machine's own limits. */
export const DEFAULT_CLIP_POLICY: ClipPolicy = {
  ...{ brings: false, all: true, preRollMs: 0, postRollMs: 0 },
  ...{ keepMs: Number.POSITIVE_INFINITY, keepNeededMs: Number.POSITIVE_INFINITY },
};

/** Sealed segments of one camera at this machine: which there are, which events need, which make room. */
export class ClipRing {
  readonly #files: ClipFiles;
  readonly #limits: RingLimits;
  readonly #log: Logger;
  readonly #clips = new Map<string, Clip>();
  readonly #needs = new Map<string, Need>();
  #policy = DEFAULT_CLIP_POLICY;
  #bytes = 0;
  #lost = 0;
  #turn: Promise<void> = Promise.resolve();

  private constructor(files: ClipFiles, limits: RingLimits, log: Logger) {
    this.#files = files;
    this.#limits = limits;
    this.#log = log;
  }

  /** What a crash left open is closed first, and never gone on with. */
  static async open(
    files: ClipFiles,
    keys: ClipKeys,
    own: VerifierKey,
    limits: RingLimits,
    log: Logger,
  ): Promise<ClipRing> {
    const ring = new ClipRing(files, limits, log);
    const found: Clip[] = [];
    for (const [id, parts] of await files.list()) {
      const isWhole = parts.has("ghs") && parts.has("key");
      const known = isWhole ? await files.readMark(id) : undefined;
      const mark = known ?? (isWhole ? await recoverClip(files, keys, id, own) : undefined);
      if (mark === undefined) await files.remove(id);
      else {
        if (known === undefined) {
          await files.writeMark(id, mark);
          log.warn({ segment: id, signed: mark.manifest !== "" }, "clip.recovered");
        }
        found.push({ id, mark });
      }
    }
    for (const clip of found.toSorted((one, other) => one.mark.startMs - other.mark.startMs)) ring.#put(clip);
    return ring;
  }

  /** Oldest first. */
  get clips(): readonly Clip[] {
    return [...this.#clips.values()];
  }

  get counts(): {
    readonly clips: number;
    readonly clipBytes: number;
    readonly waiting: number;
    readonly lost: number;
  } {
    const waiting = this.clips.filter(({ mark }) => mark.sent === "wanted").length;
    return { clips: this.#clips.size, clipBytes: this.#bytes, waiting, lost: this.#lost };
  }

  get policy(): ClipPolicy {
    return this.#policy;
  }

  /** The newest manifest of the chain that began with this one. */
  newestAfter(manifestSha256: string | null): string | null {
    let newest = manifestSha256;
    for (const { mark } of this.#clips.values())
      if (mark.manifest !== "" && parseManifest(mark.manifest)?.manifest.previous === newest)
        newest = mark.manifestSha256;
    return newest;
  }

  setPolicy(policy: ClipPolicy): Promise<void> {
    this.#policy = policy;
    return this.#inTurn(() => this.#judgeAll());
  }

  /** An event needs this time, with what the policy adds before and after; again when it goes on or ends. */
  need(event: string, fromMs: UnixMs, toMs: UnixMs): Promise<void> {
    this.#needs.delete(event);
    const { preRollMs, postRollMs } = this.#policy;
    this.#needs.set(event, { fromMs: fromMs - preRollMs, toMs: toMs + postRollMs });
    if (this.#needs.size > MAX_NEEDS) this.#needs.delete(this.#needs.keys().next().value as string);
    return this.#inTurn(() => this.#judgeAll());
  }

  /** One that was just sealed. */
  add(id: string, mark: Omit<ClipMark, "needed" | "sent">): Promise<void> {
    return this.#inTurn(async () => {
      const judged = this.#judged({ ...mark, needed: false, sent: "no" });
      await this.#files.writeMark(id, judged);
      this.#put({ id, mark: judged });
    });
  }

  /** Everything of this time is to be brought to the server; answers what there is. */
  async ask(fromMs: UnixMs, toMs: UnixMs): Promise<readonly Clip[]> {
    const asked = this.clips.filter(({ mark }) => mark.lastMs >= fromMs && mark.firstMs <= toMs);
    await this.#inTurn(async () => {
      for (const { id } of asked) await this.#change(id, { sent: "wanted" });
    });
    return asked;
  }

  /** These are not to be brought any more. */
  leave(ids: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const id of ids) await this.#change(id, { sent: "no" });
    });
  }

  /** The oldest that the server is to have. */
  nextToSend(): Clip | undefined {
    return this.clips.find(({ mark }) => mark.sent === "wanted");
  }

  /** The server has it for good, or will never take it. */
  drop(id: string): Promise<void> {
    return this.#inTurn(() => this.#remove(id));
  }

  /** What is too old, and what makes room. */
  sweep(nowMs: UnixMs): Promise<void> {
    return this.#inTurn(async () => {
      for (const [event, { toMs }] of this.#needs)
        if (toMs < nowMs - GRACE_MS - this.#policy.preRollMs) this.#needs.delete(event);
      for (const { id, mark } of this.clips) if (this.#isOver(mark, nowMs)) await this.#remove(id);
      for (const { id, mark } of this.#leastWanted()) {
        if (this.#bytes <= this.#limits.maxBytes) return;
        if (mark.sent === "wanted" || mark.needed) {
          this.#lost++;
          this.#log.error({ segment: id, lost: this.#lost }, "clip.made_room");
        }
        await this.#remove(id);
      }
    });
  }

  /** Resolves when everything that was asked of it is on disk. */
  idle(): Promise<void> {
    return this.#turn;
  }

  /** One thing after the other; what fails is said and stops nothing that follows. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch((error: unknown) =>
      this.#log.error({ reason: String(error) }, "clip.not_written"),
    );
    return this.#turn;
  }

  #leastWanted(): Clip[] {
    const rank = ({ mark }: Clip): number => Number(mark.needed) + 2 * Number(mark.sent === "wanted");
    return this.clips.toSorted((one, other) => rank(one) - rank(other));
  }

  #isOver({ lastMs, needed, sent }: ClipMark, nowMs: UnixMs): boolean {
    const { all, keepMs, keepNeededMs, preRollMs } = this.#policy;
    const ageMs = nowMs - lastMs;
    if (ageMs > this.#limits.maxAgeMs) return true;
    if (needed || sent === "wanted") return ageMs > Math.max(keepMs, keepNeededMs);
    return ageMs > (all ? keepMs : preRollMs + GRACE_MS);
  }

  #judged(mark: ClipMark): ClipMark {
    const { all, brings } = this.#policy;
    const isNeeded =
      mark.needed ||
      [...this.#needs.values()].some(({ fromMs, toMs }) => mark.lastMs >= fromMs && mark.firstMs <= toMs);
    const isWanted = mark.sent === "wanted" || (brings && (all || isNeeded));
    return { ...mark, needed: isNeeded, sent: isWanted ? "wanted" : "no" };
  }

  async #judgeAll(): Promise<void> {
    for (const { id, mark } of this.clips) await this.#change(id, this.#judged(mark));
  }

  async #change(id: string, part: Partial<ClipMark>): Promise<void> {
    const clip = this.#clips.get(id);
    if (clip === undefined) return;
    const mark = { ...clip.mark, ...part };
    if (mark.needed === clip.mark.needed && mark.sent === clip.mark.sent) return;
    await this.#files.writeMark(id, mark);
    this.#clips.set(id, { id, mark });
  }

  #put(clip: Clip): void {
    this.#clips.set(clip.id, clip);
    this.#bytes += clip.mark.bytes;
  }

  async #remove(id: string): Promise<void> {
    const clip = this.#clips.get(id);
    if (clip === undefined) return;
    await this.#files.remove(id);
    this.#clips.delete(id);
    this.#bytes -= clip.mark.bytes;
  }
}
