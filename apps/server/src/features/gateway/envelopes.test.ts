import { AppError, silentLogger, systemClock } from "@gatehouse/base";
import type { BusMessages, Reading } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { createBus } from "../../platform/bus/bus.ts";
import { TenantRates } from "./counters.ts";
import { type EnvelopeParts, Envelopes, type Outcome } from "./envelopes.ts";
import { Intake } from "./intake.ts";
import type { ChannelReceived } from "./ports.ts";
import { Refusals } from "./refusals.ts";

const TENANT = "00000000-0000-7000-8000-00000000000a";
const DEVICE = "00000000-0000-7000-8000-000000000001";
const OWNER = { tenantId: TENANT, deviceId: DEVICE };
const BY = { via: "http", address: "192.0.2.7" };
const MARK = { keyId: "0123456789abcdef", sequence: 7n };

/** The door with a channel that opens what the test says, and a store that keeps or refuses as it says. */
class Door {
  readonly refused: BusMessages["message.refused"][] = [];
  readonly stored: Reading[] = [];
  readonly marked: unknown[] = [];
  storeFails: AppError | undefined;
  readonly #envelopes: Envelopes;

  constructor() {
    const bus = createBus(silentLogger);
    const clock = systemClock;
    bus.subscribe("message.refused", (message) => void this.refused.push(message));
    const sink = {
      submit: (reading: Reading, done: (error?: AppError) => void) => {
        if (this.storeFails === undefined) this.stored.push(reading);
        done(this.storeFails);
        return true;
      },
    };
    const device = { ...OWNER, name: "sensor", typeId: "thermometer" };
    const parts = {
      clock,
      intake: new Intake({ sink, clock }),
      refusals: new Refusals({ bus, clock }),
      accepted: new TenantRates(clock),
      authenticator: { find: async () => device },
      settings: { get: () => ({ maxTimestampPastDays: 7, acceptDiscovery: false }) },
      siteGateways: { isAssigned: () => true },
      channel: {
        reasonOf: () => "envelope.malformed",
        isRequired: () => false,
        takeMarks: async (marks: readonly unknown[]) => void this.marked.push(...marks),
      },
    };
    this.#envelopes = new Envelopes(parts as unknown as EnvelopeParts);
  }

  take(received: ChannelReceived | AppError): Promise<Outcome> {
    const receive = () => {
      if (received instanceof AppError) throw received;
      return received;
    };
    const link = { receive, seal: () => undefined, hasSession: () => false, end: () => {} };
    return this.#envelopes.take(link, new Uint8Array(0), BY);
  }

  /** A sealed message of the device. */
  takeJson(value: unknown, contentType = 2): Promise<Outcome> {
    const payload = Buffer.from(JSON.stringify(value));
    const message = { ...OWNER, senderKeyId: MARK.keyId, contentType, payload, marks: [MARK], settle() {} };
    return this.take({ kind: "message", message });
  }
}

test("what only names a device is counted as unproven, and its sender is not taken for the device", async () => {
  const door = new Door();
  const refused = { kind: "refused", ...OWNER, code: "envelope.not_authentic" } as const;
  expect(await door.take({ ...refused, isProven: false })).toEqual({
    result: "refused",
    refused: { code: "envelope.not_authentic", detail: undefined },
  });
  expect(await door.take({ ...refused, code: "envelope.cloned", isProven: true })).toMatchObject({
    result: "refused",
    ...OWNER,
  });
  await door.take(new AppError("envelope.refused"));
  expect(door.refused.map(({ code, deviceId, unproven }) => [code, deviceId, unproven])).toEqual([
    ["envelope.not_authentic", DEVICE, true],
    ["envelope.cloned", DEVICE, undefined],
    ["envelope.malformed", undefined, undefined],
  ]);
});

test("the only reading of a sealed message carries the mark into its transaction, a gateway's carried one too", async () => {
  const door = new Door();
  const item = { deviceId: DEVICE, values: { temperature: 21 } };
  expect(await door.takeJson({ temperature: 20 })).toMatchObject({ result: "stored" });
  expect(await door.takeJson({ kind: "readings", items: [item] }, 10)).toMatchObject({ result: "stored" });
  expect(door.stored.map(({ sealed }) => sealed)).toEqual([[MARK], [MARK]]);
  expect(door.marked).toEqual([]);
});

test("several readings of a sealed message are marked after all are stored, so each must be known by its own time", async () => {
  const door = new Door();
  const ts = systemClock.nowMs();
  const items = [{ ts, values: { temperature: 20 } }, { values: { temperature: 21 } }];
  const carried = { kind: "readings", items: items.map((item) => ({ deviceId: DEVICE, ...item })) };
  for (const [value, contentType] of [[items, 2] as const, [carried, 10] as const]) {
    expect(await door.takeJson(value, contentType)).toMatchObject({
      result: "refused",
      refused: { code: "message.timestamp" },
    });
  }
  expect(door.stored.map(({ tsMs, numbers, sealed }) => [tsMs, numbers, sealed])).toEqual([
    [ts, [["temperature", 20]], undefined],
    [ts, [["temperature", 20]], undefined],
  ]);
  expect(door.marked).toEqual([MARK, MARK]);
});

test("a message whose readings are not all kept for now is not marked, and comes again", async () => {
  const door = new Door();
  const ts = systemClock.nowMs();
  door.storeFails = new AppError("database.unavailable");
  for (const count of [1, 2])
    await expect(
      door.takeJson(Array.from({ length: count }, (_, i) => ({ ts: ts + i, values: { temperature: 20 } }))),
    ).rejects.toMatchObject({ code: "database.unavailable" });
  expect(door.marked).toEqual([]);
});

test("a repetition is a duplicate when the first was kept, to be tried again when it was not, and unproven", async () => {
  const door = new Door();
  expect(await door.take({ kind: "duplicate", ...OWNER, isStored: Promise.resolve(true) })).toMatchObject({
    result: "duplicate",
  });
  expect(door.refused).toMatchObject([{ code: "envelope.replayed", deviceId: DEVICE, unproven: true }]);
  await expect(
    door.take({ kind: "duplicate", ...OWNER, isStored: Promise.resolve(false) }),
  ).rejects.toMatchObject({ code: "server.busy" });
});
