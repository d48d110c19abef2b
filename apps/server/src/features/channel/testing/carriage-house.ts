import { systemClock, systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  Handshake,
  type KeyBundle,
  refusalReason,
  type Session,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { ALL_ON } from "../../../platform/controls.ts";
import { createTestDatabase, type TestDatabase } from "../../../platform/database/testing/index.ts";
import { Carriage, type CarriageLink } from "../carriage/carriage.ts";
import type { OpenedMessage, Received, Sender } from "../carriage/ports.ts";
import { createReplayTable } from "../migrations/002-replay.ts";
import type { ChannelTables } from "../tables.ts";

export const TENANT = "00000000-0000-7000-8000-00000000000a";
export const DEVICE = "00000000-0000-7000-8000-000000000001";
export const OTHER = "00000000-0000-7000-8000-000000000002";
export const DAY_MS = 86_400_000;
export const { M1, C1 } = SUITE_IDS;
export const utf8 = (text: string): Uint8Array => Buffer.from(text);

let database: TestDatabase<ChannelTables>;
/** What a test changes: the time, and when the database was put back. */
export const world = { nowMs: 0, recoveredMs: 0 };
let sequence = 0n;
export const nextSequence = (): bigint => ++sequence;
export const server = {
  [M1]: generateKeyBundle(M1, systemRandom),
  [C1]: generateKeyBundle(C1, systemRandom),
};
export const senders = new Map<string, Sender>();
/** Gateway by device. */
export const assigned = new Map<string, string>();
/** Gateway by the id of its key at the site. */
export const siteKeys = new Map<string, string>();

/** For a file of tests: a database for all of them, and a world anew for each. */
export function useCarriageHouse(): void {
  beforeAll(async () => {
    database = await createTestDatabase<ChannelTables>([
      { feature: "channel", migrations: [createReplayTable] },
    ]);
  }, 60_000);
  afterAll(async () => database[Symbol.asyncDispose]());
  beforeEach(() => {
    senders.clear();
    assigned.clear();
    siteKeys.clear();
    world.recoveredMs = 0;
    world.nowMs = systemClock.nowMs();
  });
}

export const pool = (): TestDatabase<ChannelTables>["pool"] => database.pool;

export const clock = { ...systemClock, nowMs: () => world.nowMs };
const own = new Map(Object.values(server).map((bundle) => [bundle.keyId, bundle]));

export async function startCarriage(): Promise<Carriage> {
  const carriage = new Carriage({
    pool: database.pool,
    controls: ALL_ON,
    clock,
    random: systemRandom,
    keys: {
      own: (keyId) => own.get(keyId),
      sender: (keyId) => senders.get(keyId),
      authenticated: () => undefined,
      cloned: ({ bundle }) => void senders.delete(bundle.keyId),
      storedLimitMs: () => 7 * DAY_MS,
      recoveredMs: () => world.recoveredMs,
    },
    gatewayOf: (deviceId) => assigned.get(deviceId),
    isSiteKey: (gatewayId, keyId) => siteKeys.get(keyId) === gatewayId,
    plainRefusal: () => undefined,
    changeKeys: async () => ({}),
  });
  await carriage.load();
  return carriage;
}

export function addDevice(suite: SuiteId, deviceId = DEVICE): KeyBundle {
  const bundle = generateKeyBundle(suite, systemRandom);
  senders.set(bundle.keyId, {
    tenantId: TENANT,
    deviceId,
    bundle,
    suites: { allowed: [M1, C1], pinned: undefined },
  });
  return bundle;
}

export function handshake(link: CarriageLink, keys: KeyBundle): Session {
  const shake = new Handshake({ own: keys, peer: server[keys.suite], random: systemRandom });
  const received = link.receive(shake.hello);
  if (received.kind !== "answer") throw new Error("no answer");
  return shake.finish(received.frame, clock.monotonicMs());
}

export const say = (session: Session, text: string): Uint8Array =>
  session.seal({ contentType: CONTENT_TYPES.json, payload: utf8(text) }, clock.monotonicMs()) as Uint8Array;

export const sealed = (keys: KeyBundle, text: string, more: object = {}): Uint8Array =>
  seal(
    {
      sender: keys,
      recipient: server[keys.suite],
      contentType: CONTENT_TYPES.json,
      sequence: nextSequence(),
      sentMs: world.nowMs,
      bootId: 7,
      payload: utf8(text),
      ...more,
    },
    systemRandom,
  );

export function messageOf(received: Received): OpenedMessage {
  if (received.kind !== "message") throw new Error(received.kind);
  return received.message;
}

export function refusalOf(link: CarriageLink, frame: Uint8Array): string | undefined {
  try {
    const received = link.receive(frame);
    return received.kind === "refused" ? received.code.replace("envelope.", "") : undefined;
  } catch (error) {
    return refusalReason(error);
  }
}

/** The reason, and whose refusal it is: proven to be the device's own, or only in its name. */
export function refusedAs(link: CarriageLink, frame: Uint8Array): unknown {
  const received = link.receive(frame);
  if (received.kind !== "refused") return received.kind;
  const { code, deviceId, isProven } = received;
  return [code, deviceId, isProven ? "proven" : "unproven"];
}

export const textOf = ({ payload }: OpenedMessage): string => Buffer.from(payload).toString();

/** Takes the message as the door does: the mark with its effect, then settled. */
export async function take(
  carriage: Carriage,
  link: CarriageLink,
  frame: Uint8Array,
): Promise<OpenedMessage> {
  const message = messageOf(link.receive(frame));
  await carriage.takeMarks(message.marks);
  message.settle(true);
  return message;
}
