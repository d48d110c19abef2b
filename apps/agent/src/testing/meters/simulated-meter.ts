import { seededRandom, systemClock, systemRandom } from "@gatehouse/base";
import {
  encodeMeterReading,
  METER_FLAGS,
  type SimulatedRegister,
  simulateRegister,
} from "@gatehouse/device-types/meter-reading";
import {
  CONTENT_TYPES,
  encodeForwarded,
  type KeyBundle,
  type PublicBundle,
  seal,
  sign,
} from "@gatehouse/secure-channel";
import { GatewayWire } from "./gateway-wire.ts";

export interface MeterParts {
  readonly keys: KeyBundle;
  /** The server's bundle, of the meter's suite. */
  readonly server: PublicBundle;
  readonly gateway: PublicBundle;
  readonly gatewayUrl: string;
  /** Gives it its habits. */
  readonly seed: number;
  /** It is there and does not answer. */
  readonly isSilent: boolean;
  /** `sealed`: for the server's eyes alone. `signed`: in the session, for the gateway to forward. */
  readonly says: "sealed" | "signed";
}

interface Unacknowledged {
  readonly envelope: Uint8Array;
  readonly sequence: string;
  sentMs: number;
}

const AGAIN_AFTER_MS = 5_000;

/** A meter behind a gateway: counts, and reads itself when it is asked. What it read it repeats until it is kept. */
export class SimulatedMeter {
  readonly #parts: MeterParts;
  readonly #wire: GatewayWire;
  readonly #register: SimulatedRegister;
  readonly #noise: ReturnType<typeof seededRandom>;
  readonly #waiting: Unacknowledged[] = [];
  readonly #again: ReturnType<typeof setInterval>;
  #readings = 0;
  #sequence = 0n;
  asked = 0;
  acknowledged = 0;

  constructor(parts: MeterParts) {
    this.#parts = parts;
    this.#noise = seededRandom(parts.seed);
    this.#register = simulateRegister(this.#noise);
    this.#wire = new GatewayWire(parts.gatewayUrl, parts.keys, parts.gateway, {
      connected: () => this.#sendWaiting(0),
      acknowledged: (seq) => this.#kept(seq),
      asked: ({ kind, requestId }) => {
        if (kind === "read") this.#answer(requestId);
      },
    });
    this.#again = setInterval(() => this.#sendWaiting(AGAIN_AFTER_MS), AGAIN_AFTER_MS);
    this.#again.unref();
  }

  get isConnected(): boolean {
    return this.#wire.hasSession;
  }

  connect(): void {
    this.#wire.connect();
  }

  drop(): void {
    this.#wire.drop();
  }

  end(): void {
    clearInterval(this.#again);
    this.#wire.end();
  }

  /** The next reading, as it goes out. */
  read(request?: string): Uint8Array {
    const nowMs = systemClock.nowMs();
    const { serial, digits, wh, tamper, rolledOver, replaced } = this.#register.read(nowMs, this.#noise);
    return encodeMeterReading({
      v: 1,
      n: ++this.#readings,
      t: Math.floor(nowMs / 1000),
      kind: request === undefined ? "scheduled" : "asked",
      ...(request === undefined ? {} : { request }),
      registers: { "1.8.0": wh },
      flags:
        (tamper ? METER_FLAGS.tamper : 0) |
        (rolledOver ? METER_FLAGS.rollover : 0) |
        (replaced ? METER_FLAGS.replaced : 0),
      serial,
      digits,
    });
  }

  /** Says one reading, unasked. */
  report(): void {
    this.#say(this.read());
  }

  #answer(requestId: string): void {
    this.asked++;
    if (!this.#parts.isSilent) this.#say(this.read(requestId));
  }

  #say(payload: Uint8Array): void {
    const { keys, server, gateway, says } = this.#parts;
    const request = {
      sender: keys,
      recipient: says === "sealed" ? server : gateway,
      contentType: CONTENT_TYPES.meterReading,
      sequence: ++this.#sequence,
      sentMs: systemClock.nowMs(),
      bootId: 1,
      // Its gateway may keep it for days: it is judged by its sequence.
      storedLate: true,
      payload,
    };
    const envelope = says === "sealed" ? seal(request, systemRandom) : encodeForwarded(sign(request));
    const said = { envelope, sequence: String(this.#sequence), sentMs: 0 };
    this.#waiting.push(said);
    this.#sendOne(said);
  }

  #sendWaiting(sinceMs: number): void {
    const dueMs = systemClock.monotonicMs() - sinceMs;
    for (const said of this.#waiting) if (said.sentMs <= dueMs) this.#sendOne(said);
  }

  #sendOne(said: Unacknowledged): void {
    const { envelope } = said;
    said.sentMs = systemClock.monotonicMs();
    if (this.#parts.says === "sealed") this.#wire.send(envelope);
    else this.#wire.sendSigned(envelope);
  }

  /** In a session the acknowledgement names the frame and not the reading: they are acknowledged in order. */
  #kept(seq: string): void {
    const at =
      this.#parts.says === "sealed" ? this.#waiting.findIndex(({ sequence }) => sequence === seq) : 0;
    if (at >= 0 && this.#waiting.splice(at, 1).length > 0) this.acknowledged++;
  }
}
