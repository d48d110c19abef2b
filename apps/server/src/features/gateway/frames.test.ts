import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type ErrorCode, systemRandom } from "@gatehouse/base";
import { cameras, channel } from "@gatehouse/contract";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  Handshake,
  type KeyBundle,
  type Session,
  seal,
} from "@gatehouse/secure-channel";
import { virtualClock } from "@gatehouse/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { ALL_ON } from "../../platform/controls.ts";
import { Carriage } from "../channel/carriage/carriage.ts";
import type { Sender } from "../channel/carriage/ports.ts";
import { CHANNEL_SUBPROTOCOL } from "./channel-sockets.ts";
import { deviceId, TENANT } from "./testing/database.ts";
import { startGateway, type TestGateway, until } from "./testing/gateway.ts";

const [CAMERA, SENSOR] = [deviceId(1), deviceId(2)];
const SUITE = 2;
const clock = virtualClock();
const server = generateKeyBundle(SUITE, systemRandom);
const senders = new Map<string, Sender>();
const bundles = [CAMERA, SENSOR].map((id) => {
  const bundle = generateKeyBundle(SUITE, systemRandom);
  const suites = { allowed: [SUITE], pinned: undefined } as const;
  senders.set(bundle.keyId, { tenantId: TENANT, deviceId: id, bundle, suites });
  return bundle;
}) as [KeyBundle, KeyBundle];

const taken: { connection: object; deviceId: string; bytes: number }[] = [];
const ended: object[] = [];
let refusal: ErrorCode | undefined;

let gateway: TestGateway;
let url: string;
const http = createServer();
beforeAll(async () => {
  const carriage = new Carriage({
    // Nothing of a session is kept.
    pool: undefined as never,
    clock,
    random: systemRandom,
    controls: ALL_ON,
    keys: {
      own: (keyId) => (keyId === server.keyId ? server : undefined),
      sender: (keyId) => senders.get(keyId),
      authenticated: () => undefined,
      cloned: () => undefined,
      storedLimitMs: () => 0,
      recoveredMs: () => 0,
    },
    gatewayOf: () => undefined,
    isSiteKey: () => false,
    plainRefusal: () => undefined,
    changeKeys: async () => ({}),
  });
  gateway = await startGateway({
    clock,
    channel: Object.assign(carriage, { takeMarks: async () => undefined }),
    frames: {
      mayCome: (id) => id === CAMERA,
      take(connection, { deviceId: id, payload }) {
        taken.push({ connection, deviceId: id, bytes: payload.length });
        return refusal;
      },
      end: (connection) => void ended.push(connection),
    },
  });
  gateway.addDevice("sensor");
  gateway.addDevice("camera");
  http.on("upgrade", (request, socket, head) =>
    gateway.gateway.handleChannelUpgrade(request, socket, head, "192.0.2.7"),
  );
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}${channel.CHANNEL_PATH}`;
}, 120_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  http.close();
});
beforeEach(() => {
  for (const list of [taken, ended, gateway.refused]) list.length = 0;
  refusal = undefined;
});

/** A device with a session on a connection of its own. */
class Device {
  readonly socket = new WebSocket(url, [CHANNEL_SUBPROTOCOL]);
  readonly received: Buffer[] = [];
  isClosed = false;
  #session: Session | undefined;

  static async connect(keys: KeyBundle): Promise<Device> {
    const device = new Device();
    device.socket.on("message", (data) => device.received.push(data as Buffer));
    device.socket.on("close", () => {
      device.isClosed = true;
    });
    device.socket.on("error", () => undefined);
    await once(device.socket, "open");
    const shake = new Handshake({ own: keys, peer: server, random: systemRandom });
    device.socket.send(shake.hello);
    await until(() => device.received.length === 1);
    device.#session = shake.finish(device.received.pop() as Buffer, clock.monotonicMs());
    return device;
  }

  sealed(contentType: number, payload: Uint8Array): Uint8Array {
    return this.#session?.seal({ contentType, payload } as never, clock.monotonicMs()) as Uint8Array;
  }

  send(contentType: number, payload: Uint8Array): void {
    this.socket.send(this.sealed(contentType, payload));
  }

  /** What the server acknowledged, oldest first. */
  acks(): { result: string; code?: string }[] {
    return this.received.map((frame) => {
      const opened = this.#session?.open(frame, clock.monotonicMs());
      return JSON.parse(Buffer.from(opened?.payload ?? []).toString());
    });
  }

  /** The first bytes of a message that is longer. */
  begin(messageBytes: number, sent: number): void {
    const header = Buffer.alloc(14);
    header.writeUInt8(0x82, 0);
    header.writeUInt8(0x80 | 127, 1);
    header.writeBigUInt64BE(BigInt(messageBytes), 2);
    const { _socket: stream } = this.socket as unknown as { _socket: Socket };
    stream.write(Buffer.concat([header, Buffer.alloc(sent)]));
  }
}

test("frames of a session are taken in order, as large as they may be, and not acknowledged one by one", async () => {
  const device = await Device.connect(bundles[0]);
  for (const bytes of [40_000, cameras.FRAME_LIMITS.bytes, 1])
    device.send(CONTENT_TYPES.jpegFrame, new Uint8Array(bytes));
  device.send(CONTENT_TYPES.json, Buffer.from('{"kind":"log","lines":[]}'));
  await until(() => device.received.length === 1);
  expect(taken.map(({ deviceId: id, bytes }) => [id, bytes])).toEqual([
    [CAMERA, 40_000],
    [CAMERA, cameras.FRAME_LIMITS.bytes],
    [CAMERA, 1],
  ]);
  expect(new Set(taken.map(({ connection }) => connection)).size).toBe(1);
  expect(device.acks()).toHaveLength(1);
  device.socket.close();
  await until(() => ended.length === 1);
  expect(ended).toEqual([taken[0]?.connection]);
});

test("a refused frame is told once a second, and refused frames do not end the connection", async () => {
  const device = await Device.connect(bundles[0]);
  refusal = "frame.rate";
  for (let frame = 0; frame < 50; frame++) device.send(CONTENT_TYPES.jpegFrame, new Uint8Array(10));
  await until(() => taken.length === 50);
  await until(() => device.received.length === 1);
  clock.advance(1_000);
  device.send(CONTENT_TYPES.jpegFrame, new Uint8Array(10));
  await until(() => device.received.length === 2);
  expect(device.acks()).toMatchObject(Array(2).fill({ result: "refused", code: "frame.rate" }));
  expect(device.isClosed).toBe(false);
  device.socket.terminate();
});

test("a sealed message is no frame: those come in sessions", async () => {
  const device = await Device.connect(bundles[0]);
  const sealed = seal(
    {
      sender: bundles[0],
      recipient: server,
      contentType: CONTENT_TYPES.jpegFrame,
      sequence: 1n,
      sentMs: clock.nowMs(),
      bootId: 7,
      payload: new Uint8Array(10),
    },
    systemRandom,
  );
  device.socket.send(sealed);
  await until(() => gateway.refused.length === 1);
  expect(gateway.refused).toMatchObject([{ code: "message.schema", deviceId: CAMERA }]);
  expect(taken).toEqual([]);
  device.socket.terminate();
});

test("only who may send frames may begin a message as large as one", async () => {
  const camera = await Device.connect(bundles[0]);
  const sensor = await Device.connect(bundles[1]);
  sensor.begin(200_000, 10);
  await until(() => sensor.isClosed);
  expect(gateway.codes()).toEqual(["message.too_large"]);
  const stranger = new WebSocket(url, [CHANNEL_SUBPROTOCOL]);
  stranger.on("error", () => undefined);
  await once(stranger, "open");
  stranger.send(new Uint8Array(200_000));
  await once(stranger, "close");
  expect(gateway.codes()).toEqual(["message.too_large", "message.too_large"]);
  expect(camera.isClosed).toBe(false);
  camera.socket.terminate();
});

test("a message that stops half-way ends the connection after ten seconds", async () => {
  const device = await Device.connect(bundles[0]);
  device.send(CONTENT_TYPES.jpegFrame, new Uint8Array(10));
  await until(() => taken.length === 1);
  device.begin(100_000, 50_000);
  await new Promise((resolve) => setTimeout(resolve, 200));
  clock.advance(9_000);
  expect(device.isClosed).toBe(false);
  clock.advance(3_000);
  await until(() => device.isClosed);
  expect(gateway.refused).toMatchObject([
    { code: "message.malformed", deviceId: CAMERA, detail: "stalled within a message" },
  ]);
});
