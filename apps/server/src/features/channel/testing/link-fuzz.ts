import { isAppError, type Random, seededRandom, systemClock, type UnixMs, type Uuid } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  encodeForwarded,
  generateKeyBundle,
  Handshake,
  type KeyBundle,
  NO_CONTENT,
  open,
  parseEnvelope,
  type Session,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { below, mutate } from "@gatehouse/secure-channel/testing";
import { ALL_ON } from "../../../platform/controls.ts";
import { CloneWatch } from "../carriage/clone-watch.ts";
import { Link } from "../carriage/link.ts";
import type { OpenedMessage, Received, Sender } from "../carriage/ports.ts";
import { ReplayGuard } from "../carriage/replay-guard.ts";

export interface LinkFuzzReport {
  readonly tried: number;
  /** Hex of each altered frame that had an effect, or was called a duplicate or the device's own: must be empty. */
  readonly accepted: readonly string[];
  /** Any error but those of the door: must be empty. */
  readonly strange: readonly string[];
  readonly slowestMs: number;
  /** How often altered frames ended in which way. */
  readonly ended: Readonly<Record<string, number>>;
}

const TENANT: Uuid = "00000000-0000-7000-8000-00000000000a";
const NOW_MS: UnixMs = 1_800_000_000_000;
const FRAMES_BETWEEN_LINKS = 40;

/** A gateway with two devices of each suite behind it, all known to one server, and what they really said. */
class Site {
  readonly #random: Random;
  readonly #senders = new Map<string, Sender>();
  readonly #own = new Map<string, KeyBundle>();
  readonly #guard = new ReplayGuard(ALL_ON);
  readonly #clones = new CloneWatch();
  readonly #devices: KeyBundle[] = [];
  readonly #server = {} as Record<SuiteId, KeyBundle>;
  #sequence = 0n;
  #monotonicMs = 0;
  /** Everything genuine that a stranger can have recorded, taken already. */
  readonly recorded: Uint8Array[] = [];
  link!: Link;
  #sessions: Session[] = [];

  constructor(random: Random) {
    this.#random = random;
    for (const suite of [SUITE_IDS.M1, SUITE_IDS.C1]) {
      this.#server[suite] = generateKeyBundle(suite, random);
      this.#own.set(this.#server[suite].keyId, this.#server[suite]);
      for (let i = 0; i < 2; i++) this.#devices.push(this.#addDevice(suite));
    }
    this.connect();
    for (const device of this.#devices) {
      for (const length of [0, 15, 16, 200]) this.#say(this.#sealed(device, random.bytes(length)));
      this.#say(this.#forwarded(device));
    }
  }

  /** A new connection with a live session of the first device of each suite. */
  connect(): void {
    const clock = { ...systemClock, nowMs: () => NOW_MS, monotonicMs: () => this.#monotonicMs };
    const keys = {
      own: (keyId: string) => this.#own.get(keyId),
      sender: (keyId: string) => this.#senders.get(keyId),
      authenticated: () => {},
      cloned: () => {},
      storedLimitMs: () => 0,
      recoveredMs: () => 0,
    };
    const scope = { speaksFor: () => true, isSiteKey: () => false };
    // A pause, so that the clone watch sees one machine that connects again.
    this.#monotonicMs += 60_000;
    this.link?.end();
    const [random, guard, clones] = [this.#random, this.#guard, this.#clones];
    this.link = new Link({ clock, random, keys, guard, clones, controls: ALL_ON }, scope);
    this.#sessions = [0, 2].map((at) => this.#shakeHands(this.#devices[at] as KeyBundle));
  }

  /** Something genuine to be altered: recorded, or new and never to be sent as it is. */
  pick(): Uint8Array {
    const random = this.#random;
    const device = this.#devices[below(random, this.#devices.length)] as KeyBundle;
    switch (below(random, 5)) {
      case 0:
        return this.#sealed(device, random.bytes(below(random, 80)));
      case 1:
        return this.#data(random.bytes(below(random, 80)));
      case 2:
        return this.#hello(device).hello;
      default:
        return this.recorded[below(random, this.recorded.length)] as Uint8Array;
    }
  }

  #say(frame: Uint8Array): void {
    const message = messageOf(this.link.receive(frame));
    message.settle(true);
    this.recorded.push(frame);
  }

  #data(payload: Uint8Array): Uint8Array {
    const session = this.#sessions[below(this.#random, this.#sessions.length)] as Session;
    return session.seal({ contentType: CONTENT_TYPES.json, payload }, this.#monotonicMs) as Uint8Array;
  }

  #sealed(sender: KeyBundle, payload: Uint8Array, forwarded = false): Uint8Array {
    const header = { contentType: CONTENT_TYPES.json, sequence: ++this.#sequence, sentMs: NOW_MS, bootId: 7 };
    const recipient = this.#server[sender.suite];
    return seal({ ...header, sender, recipient, payload, forwarded }, this.#random);
  }

  #forwarded(device: KeyBundle): Uint8Array {
    const inner = open(
      parseEnvelope(this.#sealed(device, new Uint8Array(9))),
      this.#server[device.suite],
      device,
    );
    return this.#sealed(this.#devices[0] as KeyBundle, encodeForwarded(inner), true);
  }

  #hello(own: KeyBundle): Handshake {
    return new Handshake({ own, peer: this.#server[own.suite], random: this.#random });
  }

  #shakeHands(device: KeyBundle): Session {
    const handshake = this.#hello(device);
    const answered = this.link.receive(handshake.hello);
    if (answered.kind !== "answer") throw new Error("the device is known");
    const session = handshake.finish(answered.frame, this.#monotonicMs);
    const payload = new Uint8Array(0);
    const greeting = session.seal({ contentType: NO_CONTENT, payload }, this.#monotonicMs);
    messageOf(this.link.receive(greeting as Uint8Array));
    return session;
  }

  #addDevice(suite: SuiteId): KeyBundle {
    const bundle = generateKeyBundle(suite, this.#random);
    const deviceId = `00000000-0000-7000-8000-00000000000${this.#devices.length + 1}`;
    const suites = { allowed: Object.values(SUITE_IDS), pinned: undefined };
    this.#senders.set(bundle.keyId, { tenantId: TENANT, deviceId, bundle, suites });
    return bundle;
  }
}

function messageOf(received: Received): OpenedMessage {
  if (received.kind !== "message") throw new Error(`not taken: ${received.kind}`);
  return received.message;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/**
 * Alters genuine frames `tries` times, differently for each seed, and offers each to a link that knows their senders and has taken most
 * of them: nothing may come of it, not even the word that it was seen before.
 */
export function fuzzLink(tries: number, seed: number): LinkFuzzReport {
  const random = seededRandom(seed);
  const site = new Site(random);
  const ended: Record<string, number> = {};
  const [accepted, strange]: [string[], string[]] = [[], []];
  let [tried, slowestMs] = [0, 0];
  while (tried < tries) {
    if (tried % FRAMES_BETWEEN_LINKS === 0) site.connect();
    const genuine = site.pick();
    const other = site.recorded[below(random, site.recorded.length)] as Uint8Array;
    const frame = mutate(genuine, other, random);
    const hex = hexOf(frame);
    if (hex === hexOf(genuine) || hex === hexOf(other)) continue;
    tried++;
    const startedMs = performance.now();
    const end = offer(site.link, frame);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (end instanceof Error) strange.push(String(end.stack));
    else if (end.startsWith("!")) accepted.push(`${end} ${hex}`);
    else ended[end] = (ended[end] ?? 0) + 1;
  }
  return { tried, accepted, strange, slowestMs, ended };
}

/** How it ended; with "!" before what must not be. */
function offer(link: Link, frame: Uint8Array): string | Error {
  try {
    const received = link.receive(frame);
    if (received.kind !== "refused") return `!${received.kind}`;
    return received.isProven ? `!proven ${received.code}` : received.code;
  } catch (error) {
    if (isAppError(error, "envelope.refused") && Object.keys(error.fields).length === 0) return "refused";
    if (isAppError(error, "message.rate_limited")) return "rate_limited";
    return error instanceof Error ? error : new Error(String(error));
  }
}
