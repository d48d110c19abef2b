import type { MonotonicMs, Uuid } from "@gatehouse/base";
import { LiveRequest } from "@gatehouse/contract";
import { Check } from "typebox/value";
import type { WebSocket } from "ws";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { Backlog, type LiveValue } from "./backlog.ts";
import type { News } from "./tenant-feed.ts";

/** A browser with more than this unsent is slow. */
const SLOW_BYTES = 262_144;
/** One that stays slow this long has gone away without saying so. */
const STUCK_MS = 60_000;

type Frame = Record<string, unknown>;

/** One browser: what it watches, and what it must still be told. */
export class Viewer {
  readonly principal: PersonPrincipal;
  readonly #socket: WebSocket;
  readonly #backlog = new Backlog();
  #followsAll = false;
  #devices: ReadonlySet<Uuid> = new Set();
  #details: ReadonlySet<Uuid> = new Set();
  #slowSinceMs: MonotonicMs | undefined;
  #alive = true;

  constructor(socket: WebSocket, principal: PersonPrincipal) {
    this.#socket = socket;
    this.principal = principal;
    socket.on("pong", () => {
      this.#alive = true;
    });
  }

  /** A frame from the browser; false when it is not one of the contract's. */
  handle(text: string, serverMs: number): boolean {
    let request: unknown;
    try {
      request = JSON.parse(text);
    } catch {
      return false;
    }
    if (!Check(LiveRequest, request)) return false;
    if (request.op === "ping") this.send({ type: "pong", id: request.id, serverMs });
    else {
      this.#followsAll = request.values === "all";
      this.#devices = new Set(request.values === "all" ? [] : request.values);
      this.#details = new Set(request.details);
    }
    return true;
  }

  send(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** `allJson` is the values' JSON, made once for all who follow everything. */
  deliver(
    news: News,
    allJson: () => string,
    rate: Frame | undefined,
    nowMs: { wall: number; monotonic: MonotonicMs },
  ): void {
    const mayRead = this.principal.permissions.has("telemetry.read");
    const slow = this.#isSlow(nowMs.monotonic);
    const waited = this.#backlog.size > 0;
    if (mayRead && (slow || waited)) this.#backlog.add(this.#wanted(news.values));
    const values =
      slow || !mayRead
        ? undefined
        : waited
          ? JSON.stringify(this.#backlog.take())
          : this.#valuesJson(news.values, allJson);
    const parts = { ...this.#others(news), ...(rate === undefined || slow ? {} : { rate }) };
    if (values === undefined && Object.keys(parts).length === 0) return;
    const merged = values !== undefined && (waited || news.merged);
    const head = JSON.stringify({
      type: "batch",
      serverMs: nowMs.wall,
      ...parts,
      ...(merged ? { merged } : {}),
    });
    this.#socket.send(values === undefined ? head : `${head.slice(0, -1)},"values":${values}}`);
  }

  /** Asks whether the browser is still there; ends it when it did not answer the last time or has been stuck. */
  checkAlive(nowMs: MonotonicMs): void {
    const stuck = this.#slowSinceMs !== undefined && nowMs - this.#slowSinceMs > STUCK_MS;
    if (!this.#alive || stuck) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
  }

  end(code: string): void {
    this.send({ type: "bye", code });
    this.#socket.close(1000);
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }

  #isSlow(nowMs: MonotonicMs): boolean {
    if (this.#socket.bufferedAmount <= SLOW_BYTES) this.#slowSinceMs = undefined;
    else this.#slowSinceMs ??= nowMs;
    return this.#slowSinceMs !== undefined;
  }

  #wanted(values: readonly LiveValue[]): readonly LiveValue[] {
    return this.#followsAll ? values : values.filter(([deviceId]) => this.#devices.has(deviceId));
  }

  #valuesJson(values: readonly LiveValue[], allJson: () => string): string | undefined {
    if (values.length === 0) return undefined;
    if (this.#followsAll) return allJson();
    const wanted = this.#wanted(values);
    return wanted.length === 0 ? undefined : JSON.stringify(wanted);
  }

  #others(news: News): Frame {
    const { permissions } = this.principal;
    const parts: Frame = {};
    if (permissions.has("device.read")) {
      if (news.status.length > 0) parts.status = news.status;
      if (news.changed.length > 0) parts.changed = news.changed;
      const commands = news.details.commands.filter(({ deviceId }) => this.#details.has(deviceId));
      const log = news.details.log.filter(({ deviceId }) => this.#details.has(deviceId));
      if (commands.length > 0) parts.commands = commands;
      if (log.length > 0) parts.log = log;
    }
    if (permissions.has("alert.read") && news.alerts.length > 0) parts.alerts = news.alerts;
    return parts;
  }
}
