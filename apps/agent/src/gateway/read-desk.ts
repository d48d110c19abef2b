import type { Clock, Logger, Timer } from "@gatehouse/base";
import type { ReadMessage, Verdict, VerdictItem } from "./messages.ts";
import { MAX_VERDICTS } from "./messages.ts";
import type { OpenRequest, RequestJournal } from "./request-journal.ts";

export interface ReadDeskParts {
  readonly journal: RequestJournal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Unix ms of the server's clock as far as it is known. */
  readonly serverNowMs: () => number;
  readonly isAssigned: (deviceId: string) => boolean;
  readonly isReachable: (deviceId: string) => boolean;
  readonly ask: (deviceId: string, message: object) => boolean;
  /** Resolves when the verdicts are on the disk, on their way to the server. */
  readonly report: (requestId: string, items: readonly VerdictItem[]) => Promise<void>;
  readonly pace?: Partial<Pace>;
}

export interface Pace {
  /** Meters that are asked at a time, over all requests: a slow site is not flooded. */
  readonly atOnce: number;
  /** How long one asking is waited for. */
  readonly answerMs: number;
  readonly tries: number;
  /** How long a meter that is not connected may take to come. */
  readonly arrivalMs: number;
  /** Before the deadline, so that verdicts still arrive. */
  readonly marginMs: number;
}

const PACE: Pace = { atOnce: 64, answerMs: 6_000, tries: 2, arrivalMs: 25_000, marginMs: 2_000 };
const LOOK_EVERY_MS = 500;
const MAX_REQUESTS = 16;

interface Asking {
  tries: number;
  /** Monotonic, while its answer is awaited. */
  askedAtMs: number | undefined;
}

interface Work {
  readonly request: OpenRequest;
  readonly beganMs: number;
  readonly askings: Map<string, Asking>;
}

/**
 * Reads meters when the server asks for it: so many at a time, each until it answers or has had its tries. Who
 * answers is known by the reading that comes; who does not gets a verdict. Each meter of a request gets at most one
 * verdict of ours, and open requests survive a kill: after it those are asked that had not answered.
 */
export class ReadDesk {
  readonly #parts: ReadDeskParts;
  readonly #pace: Pace;
  readonly #work = new Map<string, Work>();
  readonly #timer: Timer;
  #turn: Promise<unknown> = Promise.resolve();
  #looking = false;

  constructor(parts: ReadDeskParts) {
    this.#parts = parts;
    this.#pace = { ...PACE, ...parts.pace };
    for (const request of parts.journal.open) this.#begin(request);
    this.#timer = parts.clock.every(LOOK_EVERY_MS, () => this.look());
  }

  get openCount(): number {
    return this.#work.size;
  }

  /** On disk before the first meter is asked. The same request may come again, whole or in parts. */
  take({ requestId, deadlineMs, devices }: ReadMessage): Promise<void> {
    return this.#inTurn(async () => {
      const { journal, log, serverNowMs } = this.#parts;
      if (!journal.has(requestId) && journal.open.length >= MAX_REQUESTS) {
        log.warn({ requestId }, "gateway.too_many_requests");
        return;
      }
      if (deadlineMs <= serverNowMs()) return;
      const request = await journal.add(requestId, deadlineMs, devices);
      this.#begin(request);
      log.info({ requestId, meters: request.open.size }, "gateway.reading_asked");
      this.look();
    });
  }

  cancel(requestId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#work.delete(requestId);
      await this.#parts.journal.remove(requestId);
    });
  }

  /** A reading of this meter is kept: whatever asked it has its answer. */
  answered(deviceId: string): void {
    for (const { request, askings } of this.#work.values()) {
      if ((askings.get(deviceId)?.tries ?? 0) === 0) continue;
      askings.delete(deviceId);
      this.#parts.journal.settle(request, [deviceId]);
    }
    this.look();
  }

  /** One that may be asked now has come, or one has answered: looks for work. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      void this.#inTurn(() => this.#lookNow()).catch((error: unknown) =>
        this.#parts.log.error({ reason: String(error) }, "gateway.desk_failed"),
      );
    });
  }

  async stop(): Promise<void> {
    this.#timer.cancel();
    await this.#turn;
    await this.#parts.journal.save();
  }

  #begin(request: OpenRequest): void {
    const known = this.#work.get(request.requestId);
    const askings = known?.askings ?? new Map<string, Asking>();
    for (const deviceId of request.open)
      if (!askings.has(deviceId)) askings.set(deviceId, { tries: 0, askedAtMs: undefined });
    this.#work.set(request.requestId, {
      request,
      beganMs: known?.beganMs ?? this.#parts.clock.monotonicMs(),
      askings,
    });
  }

  async #lookNow(): Promise<void> {
    for (const work of [...this.#work.values()]) {
      if (!this.#isPast(work.request, 0)) {
        await this.#judge(work);
        continue;
      }
      // By now the server has said of each meter that is still open that there is no answer.
      const [{ requestId }, meters] = [work.request, work.askings.size];
      if (meters > 0) this.#parts.log.warn({ requestId, meters }, "gateway.deadline_missed");
      this.#work.delete(requestId);
      await this.#parts.journal.remove(requestId);
    }
    this.#askMore();
    await this.#parts.journal.saveIfDue();
  }

  /** Verdicts that are due, on disk before they are forgotten here. */
  async #judge({ request, askings, beganMs }: Work): Promise<void> {
    const due: VerdictItem[] = [];
    for (const [deviceId, asking] of askings) {
      const verdict = this.#verdictOf(request, beganMs, deviceId, asking);
      if (verdict !== undefined) due.push({ deviceId, ...verdict });
    }
    for (let at = 0; at < due.length; at += MAX_VERDICTS) {
      const items = due.slice(at, at + MAX_VERDICTS);
      await this.#parts.report(request.requestId, items);
      for (const { deviceId } of items) askings.delete(deviceId);
      this.#parts.journal.settle(
        request,
        items.map(({ deviceId }) => deviceId),
      );
    }
  }

  #verdictOf(
    request: OpenRequest,
    beganMs: number,
    deviceId: string,
    asking: Asking,
  ): { readonly verdict: Verdict; readonly detail?: string } | undefined {
    const { clock, isAssigned, isReachable } = this.#parts;
    const { answerMs, tries, arrivalMs, marginMs } = this.#pace;
    const nowMs = clock.monotonicMs();
    if (!isAssigned(deviceId)) return { verdict: "failed", detail: "not assigned to this gateway" };
    const isTooLate = this.#isPast(request, marginMs);
    if (asking.askedAtMs !== undefined && nowMs - asking.askedAtMs >= answerMs) asking.askedAtMs = undefined;
    if (asking.askedAtMs !== undefined && !isTooLate) return undefined;
    if (asking.tries >= tries || (isTooLate && asking.tries > 0)) return { verdict: "silent" };
    const isMissing = !isReachable(deviceId) && nowMs - beganMs >= arrivalMs;
    return isMissing || isTooLate ? { verdict: "unreachable" } : undefined;
  }

  #askMore(): void {
    const { clock, ask, isReachable } = this.#parts;
    let free = this.#pace.atOnce - this.#awaitedCount();
    for (const { request, askings } of this.#work.values()) {
      if (this.#isPast(request, this.#pace.marginMs)) continue;
      for (const [deviceId, asking] of askings) {
        if (free <= 0) return;
        const isWaiting = asking.askedAtMs === undefined && asking.tries < this.#pace.tries;
        if (!isWaiting || !isReachable(deviceId)) continue;
        const { requestId, deadlineMs } = request;
        if (!ask(deviceId, { kind: "read", requestId, deadlineMs })) continue;
        asking.tries++;
        asking.askedAtMs = clock.monotonicMs();
        free--;
      }
    }
  }

  #awaitedCount(): number {
    let count = 0;
    for (const { askings } of this.#work.values())
      for (const { askedAtMs } of askings.values()) if (askedAtMs !== undefined) count++;
    return count;
  }

  #isPast(request: OpenRequest, marginMs: number): boolean {
    return this.#parts.serverNowMs() >= request.deadlineMs - marginMs;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}
