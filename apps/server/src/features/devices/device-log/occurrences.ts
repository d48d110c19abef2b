import type { Clock, Uuid } from "@gatehouse/base";
import type { Bus, BusMessages } from "@gatehouse/contract";
import type { DeviceLog } from "./device-log.ts";
import { LineLimiter } from "./line-limiter.ts";
import { storableText } from "./log-line.ts";

/** A device may reconnect a few times a minute; a loop is one line a minute. */
const CONNECTION_LINES = 6;
const REFUSAL_LINES = 1;
const MAX_DETAIL_LENGTH = 200;

interface Subject {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  /** Code of a refusal; absent for connections. */
  readonly code?: string;
}

/** Writes connects, disconnects and refusals into the device's log, and what comes too often as a sum a minute. */
export class OccurrenceLog {
  readonly #log: DeviceLog;
  readonly #connections: LineLimiter<Subject>;
  readonly #refusals: LineLimiter<Subject & { readonly code: string }>;

  constructor(clock: Clock, log: DeviceLog) {
    this.#log = log;
    this.#connections = new LineLimiter(clock, CONNECTION_LINES);
    this.#refusals = new LineLimiter(clock, REFUSAL_LINES);
  }

  subscribe(bus: Bus): (() => void)[] {
    return [
      bus.subscribe("device.connected", (message) => this.#connected(message)),
      bus.subscribe("device.disconnected", (message) => this.#disconnected(message)),
      bus.subscribe("message.refused", (message) => this.#refused(message)),
    ];
  }

  /** Somebody showed a credential of the device that is not good any more; who refused it counts it. */
  loginRefused({ tenantId, deviceId }: Subject, code: string, detail: string): void {
    if (!this.#refusals.admit(`${deviceId}/login`, { tenantId, deviceId, code })) return;
    const message = `Log-in refused: ${detail}`;
    this.#log.note({
      tenantId,
      deviceId,
      kind: "refusal",
      level: "warn",
      code: "login_refused",
      message,
      data: { code, detail },
    });
  }

  /**
   * Somebody gave the device's name or key id and proved nothing. It is said, for who owns the device wants to know,
   * and counts for nothing: anybody can write a name.
   */
  loginUnproven({ tenantId, deviceId }: Subject, detail: string): void {
    const code = "device.credentials_invalid";
    if (!this.#refusals.admit(`${deviceId}/unproven`, { tenantId, deviceId, code })) return;
    const message = `Somebody tried to log in in this device's name, without proof: ${detail}`;
    const more = { kind: "refusal", level: "warn", code: "login_unproven" } as const;
    this.#log.note({ tenantId, deviceId, ...more, message, data: { code, detail } });
  }

  /** Call about once a second. */
  tick(): void {
    for (const { subject, held } of this.#connections.take()) {
      const { tenantId, deviceId } = subject;
      const message = `Connected or disconnected ${held} more times in a minute`;
      const data = { count: held };
      const code = "reconnects_held";
      this.#log.note({ tenantId, deviceId, kind: "disconnect", level: "warn", code, message, data });
    }
    for (const { subject, held } of this.#refusals.take()) {
      const { tenantId, deviceId, code } = subject;
      const message = `Refused ${held} more times in a minute: ${code}`;
      const data = { code, count: held };
      const more = { kind: "refusal", level: "warn", code: "refused_held" } as const;
      this.#log.note({ tenantId, deviceId, ...more, message, data });
    }
  }

  #connected({ tenantId, deviceId, via, address }: BusMessages["device.connected"]): void {
    if (!this.#connections.admit(deviceId, { tenantId, deviceId })) return;
    const message = `Connected by ${via}`;
    const data = { via, address };
    this.#log.note({ tenantId, deviceId, kind: "connect", level: "info", code: "connected", message, data });
  }

  #disconnected({ tenantId, deviceId, via, reason }: BusMessages["device.disconnected"]): void {
    if (!this.#connections.admit(deviceId, { tenantId, deviceId })) return;
    const text = storableText(reason, MAX_DETAIL_LENGTH);
    const message = `Disconnected: ${text}`;
    const data = { via, reason: text };
    const more = { kind: "disconnect", level: "info", code: "disconnected" } as const;
    this.#log.note({ tenantId, deviceId, ...more, message, data });
  }

  #refused(message: BusMessages["message.refused"]): void {
    const { tenantId, deviceId, code, via, address, detail, unproven } = message;
    // What anybody can cause is counted and fills no log.
    if (tenantId === undefined || deviceId === undefined || unproven === true) return;
    if (!this.#refusals.admit(`${deviceId}/${code}`, { tenantId, deviceId, code })) return;
    const said = detail === undefined ? {} : { detail: storableText(detail, MAX_DETAIL_LENGTH) };
    const data = { code, via, address, ...said };
    const more = { kind: "refusal", level: "warn", code: "refused" } as const;
    this.#log.note({ tenantId, deviceId, ...more, message: `Refused: ${code}`, data });
  }
}
