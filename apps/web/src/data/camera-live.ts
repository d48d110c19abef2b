import { type Clock, type Random, systemClock, systemRandom, type Timer } from "@gatehouse/base";
import { accounts, cameras } from "@gatehouse/contract";
import { call } from "./query.ts";

export interface LiveFrame {
  readonly kind: cameras.FrameKind;
  readonly number: number;
  /** By the server's clock. */
  readonly takenMs: number;
  readonly bytes: ArrayBuffer;
}

/** What the server says of one camera; `none`: hidden from this person, or no camera. */
export type LiveCameraState = cameras.CameraState | "none";

/** What the newest look at a camera's pictures found. */
export interface LiveFound {
  /** By the server's clock. */
  readonly atMs: number;
  readonly boxes: readonly cameras.FoundBox[];
}

/** One camera that is shown; a small picture needs fewer frames. */
export interface WatchedCamera {
  readonly id: string;
  readonly maxFps?: number;
  /** What is found is told too. */
  readonly found?: boolean;
}

export interface CameraLiveHandlers {
  /** Answer each one that was drawn, or passed over for a newer one, with `drawn`. */
  onFrame(cameraId: string, frame: LiveFrame): void;
  onState(cameraId: string, state: LiveCameraState): void;
  onFound(cameraId: string, found: LiveFound): void;
  /** After each (re)connection, before any frame of it. */
  onOpen?(): void;
  /** No frames come until the next `onOpen`; it is tried again by itself unless `final`. */
  onClosed(why: { readonly code: string; readonly final: boolean }): void;
}

export interface CameraLive {
  /** Replaces the choice; kept over reconnections. */
  watch(watched: readonly WatchedCamera[]): void;
  drawn(cameraId: string, number: number): void;
  /** Nothing is sent while paused; afterwards the newest frames come. */
  setPaused(paused: boolean): void;
  /** Now by the server's clock: minus `takenMs` it is the age of what is seen. */
  serverNowMs(): number;
  close(): void;
}

/** The part of a WebSocket that is used. */
export interface CameraSocket extends EventTarget {
  binaryType: string;
  send(text: string): void;
  close(): void;
}

export interface CameraLiveWorld {
  connect(): CameraSocket;
  /** Before every attempt but the first: renews the session, so that the upgrade is not refused. */
  beforeReconnect(): Promise<unknown>;
  readonly clock: Clock;
  readonly random: Random;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** The server says something every CAMERAS_LIVE_ALIVE_MS. */
const SILENT_MS = 2.5 * cameras.CAMERAS_LIVE_ALIVE_MS;
const SESSION_ENDED = "auth.session_ended";

const browser: CameraLiveWorld = {
  connect() {
    const url = new URL(cameras.CAMERAS_LIVE_PATH, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(url);
  },
  beforeReconnect: () => call(accounts.getMe, {}),
  clock: systemClock,
  random: systemRandom,
};

/** Live pictures over one socket. It reconnects with a growing, jittered pause until it is closed. */
export function openCameraLive(handlers: CameraLiveHandlers, world: CameraLiveWorld = browser): CameraLive {
  return new Connection(handlers, world);
}

class Connection implements CameraLive {
  readonly #handlers: CameraLiveHandlers;
  readonly #world: CameraLiveWorld;
  #socket: CameraSocket | undefined;
  #isOpen = false;
  #isClosed = false;
  #paused = false;
  #watched: readonly WatchedCamera[] = [];
  #sentWatch = "";
  #failures = 0;
  /** Server clock minus this computer's. */
  #offsetMs = 0;
  #retry: Timer | undefined;
  #silence: Timer | undefined;
  #heard = false;

  constructor(handlers: CameraLiveHandlers, world: CameraLiveWorld) {
    this.#handlers = handlers;
    this.#world = world;
    this.#connect();
  }

  watch(watched: readonly WatchedCamera[]): void {
    this.#watched = watched.slice(0, cameras.MAX_WATCHED);
    this.#sendWatch();
  }

  drawn(camera: string, number: number): void {
    if (this.#isOpen) this.#send({ op: "drawn", camera, number });
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#sendWatch();
  }

  serverNowMs(): number {
    return this.#world.clock.nowMs() + this.#offsetMs;
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#drop();
  }

  #connect(): void {
    const socket = this.#world.connect();
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive((event as MessageEvent<unknown>).data);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lose("connection.lost");
    });
    this.#heard = true;
    this.#silence = this.#world.clock.every(SILENT_MS, () => {
      if (!this.#heard) this.#lose("connection.lost");
      this.#heard = false;
    });
  }

  #receive(data: unknown): void {
    this.#heard = true;
    if (data instanceof ArrayBuffer) this.#receiveFrame(data);
    else if (typeof data === "string") this.#receiveNote(JSON.parse(data) as cameras.CameraLiveNote);
  }

  #receiveFrame(data: ArrayBuffer): void {
    if (data.byteLength <= cameras.CAMERAS_LIVE_HEADER_BYTES) return;
    const view = new DataView(data);
    const camera = cameraIn(new Uint8Array(data, 16, 16));
    this.#handlers.onFrame(camera, {
      kind: view.getUint8(0) as cameras.FrameKind,
      number: view.getUint32(4),
      takenMs: Number(view.getBigUint64(8)),
      bytes: data.slice(cameras.CAMERAS_LIVE_HEADER_BYTES),
    });
  }

  /** A newer server may say more. */
  #receiveNote(note: cameras.CameraLiveNote): void {
    if ("serverMs" in note) this.#offsetMs = note.serverMs - this.#world.clock.nowMs();
    if (note.type === "hello") this.#welcome();
    else if (note.type === "state") this.#handlers.onState(note.camera, note.state as LiveCameraState);
    else if (note.type === "found") this.#handlers.onFound(note.camera, note);
    else if (note.type === "bye") this.#lose(note.code);
  }

  #welcome(): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.#sentWatch = "";
    this.#handlers.onOpen?.();
    this.#sendWatch();
  }

  #sendWatch(): void {
    if (!this.#isOpen) return;
    const request: cameras.CameraLiveRequest = {
      op: "watch",
      cameras: this.#paused ? [] : [...this.#watched],
    };
    const text = JSON.stringify(request);
    if (text === this.#sentWatch) return;
    this.#sentWatch = text;
    this.#send(request);
  }

  #send(request: cameras.CameraLiveRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #lose(code: string): void {
    this.#drop();
    if (this.#isClosed) return;
    const { clock, random, beforeReconnect } = this.#world;
    const final = code === SESSION_ENDED;
    if (!final) {
      const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
      this.#retry = clock.after(pauseMs * (0.5 + random.ratio() / 2), () => {
        void beforeReconnect()
          .catch(() => undefined)
          .then(() => {
            if (!this.#isClosed) this.#connect();
          });
      });
    }
    this.#handlers.onClosed({ code, final });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpen = false;
    this.#silence?.cancel();
    socket?.close();
  }
}

/** 16 bytes as a UUID in lower case. */
function cameraIn(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
