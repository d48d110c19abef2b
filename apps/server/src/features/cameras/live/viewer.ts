import type { Clock, Logger, MonotonicMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { Check } from "typebox/value";
import type { WebSocket } from "ws";
import { type Asker, askedBy } from "../../../platform/audit/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { GoodbyeCode, Watcher } from "./audience.ts";
import type { Channels } from "./channels.ts";
import { isShown, type NewestFound, type ShownCameras, standingOf } from "./ports.ts";
import { Shown } from "./shown.ts";
import type { Viewings } from "./viewings.ts";

/** Bytes that wait in this process for one viewer: nothing is added beyond it, whatever it says to have drawn. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Choices, and answers about frames that are not on their way. */
const MAX_REQUESTS = 200;
const REQUESTS_WITHIN_MS = 10_000;
/** Time for the goodbye to arrive. */
const BYE_MS = 300;

/** Close codes: RFC 6455 §7.4.1, and one of our own from the private range. */
const CLOSE = { goingAway: 1001, policy: 1008, internal: 1011, sessionEnded: 4001 } as const;
const CLOSE_OF: Readonly<Record<GoodbyeCode, number>> = {
  "auth.session_ended": CLOSE.sessionEnded,
  "server.stopping": CLOSE.goingAway,
  "server.internal": CLOSE.internal,
};

export interface ViewerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cameras: ShownCameras;
  found(cameraId: Uuid): NewestFound | undefined;
  readonly channels: Channels;
  readonly viewings: Viewings;
}

/** One browser: what it shows, and what is on its way to it. */
export class Viewer implements Watcher {
  principal: PersonPrincipal;
  readonly #socket: WebSocket;
  readonly #deps: ViewerDeps;
  readonly #asker: Asker;
  readonly #shown = new Map<Uuid, Shown>();
  /** A frame was held back because too much waits already. */
  #heldBack = false;
  #answered = true;
  #ended = false;
  #requests = 0;
  #requestsSinceMs: MonotonicMs = 0;

  constructor(socket: WebSocket, principal: PersonPrincipal, asker: Asker, deps: ViewerDeps) {
    this.principal = principal;
    this.#socket = socket;
    this.#asker = asker;
    this.#deps = deps;
    socket.on("message", (data, isBinary) => this.#receive(data.toString(), isBinary));
    socket.on("pong", () => {
      this.#answered = true;
    });
    // ws closes the connection itself; without a listener it would end the program.
    socket.on("error", () => socket.terminate());
    socket.once("close", () => {
      this.#ended = true;
      this.#showNothing();
    });
    this.#note({ type: "hello", serverMs: deps.clock.nowMs() });
  }

  seeWith(principal: PersonPrincipal): void {
    this.principal = principal;
    this.review();
  }

  review(): void {
    if (this.#ended) return;
    for (const shown of this.#shown.values()) this.#judge(shown);
    this.#begin();
    if (this.#heldBack) this.#sendHeldBack();
  }

  checkAlive(): void {
    if (this.#ended) return;
    if (!this.#answered) this.#socket.terminate();
    this.#answered = false;
    this.#socket.ping();
    this.#note({ type: "alive", serverMs: this.#deps.clock.nowMs() });
  }

  bye(code: GoodbyeCode): void {
    if (this.#ended) return;
    this.#note({ type: "bye", code });
    this.#end(CLOSE_OF[code], code);
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#ended) return;
    this.#answered = true;
    const request = isBinary ? undefined : parseRequest(text);
    if (request === undefined) this.#end(CLOSE.policy, "request.invalid");
    else if (request.op === "drawn") this.#drawn(request);
    else if (this.#isTooBusy()) this.#end(CLOSE.policy, "request.rate_limited");
    else this.#watch(request.cameras);
  }

  #drawn({ camera, number }: Extract<cameras.CameraLiveRequest, { op: "drawn" }>): void {
    const shown = this.#shown.get(camera);
    if (shown?.credits.drawn(number, this.#deps.clock.monotonicMs()) === true) this.#offer(shown);
    else if (this.#isTooBusy()) this.#end(CLOSE.policy, "request.rate_limited");
    if (this.#heldBack) this.#sendHeldBack();
  }

  #watch(wanted: Extract<cameras.CameraLiveRequest, { op: "watch" }>["cameras"]): void {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const shown of this.#shown.values()) if (!ids.has(shown.cameraId)) this.#leave(shown);
    for (const { id, maxFps, found = false } of wanted) {
      const shown = this.#shown.get(id) ?? new Shown(id);
      shown.wish(maxFps, found);
      this.#shown.set(id, shown);
    }
    this.review();
  }

  /** Tells when a camera's standing has changed, and stops what may not be seen any more. */
  #judge(shown: Shown): void {
    const standing = standingOf(this.#deps.cameras, this.principal, shown.cameraId);
    if (!isShown(standing)) this.#stop(shown);
    if (shown.told === standing) return;
    shown.told = standing;
    this.#note({ type: "state", camera: shown.cameraId, state: standing });
  }

  /** Frames of what may be seen and is not yet: after the ledger has it. */
  #begin(): void {
    const begun = [...this.#shown.values()].filter(
      ({ told, isBeginning, channel }) =>
        told !== undefined && isShown(told) && !isBeginning && channel === undefined,
    );
    if (begun.length === 0) return;
    for (const shown of begun) shown.isBeginning = true;
    const ids = begun.map(({ cameraId }) => cameraId);
    askedBy(this.#asker, () => this.#deps.viewings.note(this.principal, ids, "live")).then(
      () => {
        for (const shown of begun) this.#show(shown);
      },
      (error: unknown) => {
        this.#deps.log.error({ err: error }, "camera.viewing_not_kept");
        this.bye("server.internal");
      },
    );
  }

  /** Unless it was given up, or forbidden, while the ledger wrote. */
  #show(shown: Shown): void {
    shown.isBeginning = false;
    if (this.#ended || this.#shown.get(shown.cameraId) !== shown) return;
    if (shown.told === undefined || !isShown(shown.told)) return;
    shown.listener = () => this.#offer(shown);
    shown.channel = this.#deps.channels.join(shown.cameraId, shown.listener);
    this.#offer(shown);
  }

  /** Sends the newest frame, when it was not yet and there is a place for it. */
  #offer(shown: Shown): void {
    const { clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    const next = shown.next(clock.nowMs(), nowMs);
    if (next === undefined || this.#ended) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.#heldBack = true;
      return;
    }
    this.#tellFound(shown);
    for (const { bytes } of next) this.#socket.send(bytes);
    shown.sent(next, nowMs);
  }

  #tellFound(shown: Shown): void {
    if (!shown.wantsFound) return;
    const { clock, found } = this.#deps;
    const news = shown.newsOf(found(shown.cameraId), clock.nowMs());
    if (news !== undefined) this.#note({ type: "found", camera: shown.cameraId, ...news });
  }

  #sendHeldBack(): void {
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return;
    this.#heldBack = false;
    for (const shown of this.#shown.values()) this.#offer(shown);
  }

  #stop(shown: Shown): void {
    if (shown.channel !== undefined) this.#deps.channels.leave(shown.channel, shown.listener);
    shown.stop();
  }

  #leave(shown: Shown): void {
    this.#stop(shown);
    this.#shown.delete(shown.cameraId);
  }

  #showNothing(): void {
    for (const shown of this.#shown.values()) this.#leave(shown);
  }

  #isTooBusy(): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#requestsSinceMs > REQUESTS_WITHIN_MS) {
      this.#requests = 0;
      this.#requestsSinceMs = nowMs;
    }
    return ++this.#requests > MAX_REQUESTS;
  }

  #end(closeCode: number, reason: string): void {
    this.#ended = true;
    this.#showNothing();
    this.#socket.close(closeCode, reason);
    this.#deps.clock.after(BYE_MS, () => this.#socket.terminate());
  }

  #note(note: cameras.CameraLiveNote): void {
    this.#socket.send(JSON.stringify(note));
  }
}

/** As the console writes it: what comes for every frame is read without a walk through the schema. */
const DRAWN = /^\{"op":"drawn","camera":"([0-9a-f-]{36})","number":(\d{1,10})\}$/;

function parseRequest(text: string): cameras.CameraLiveRequest | undefined {
  const [, camera, number] = DRAWN.exec(text) ?? [];
  if (camera !== undefined) return { op: "drawn", camera, number: Number(number) };
  try {
    const request: unknown = JSON.parse(text);
    return Check(cameras.CameraLiveRequest, request) ? request : undefined;
  } catch {
    return undefined;
  }
}
