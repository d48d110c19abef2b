import { systemClock, systemRandom } from "@gatehouse/base";
import { enrol, type Identity, verifiedServerKey } from "@gatehouse/device-client";
import { encodeMeterReading, METER_FLAGS } from "@gatehouse/device-types/meter-reading";
import {
  assertSigned,
  CONTENT_TYPES,
  Handshake,
  importPublicBundle,
  NO_CONTENT,
  type PublicBundle,
  parseForwarded,
  type Session,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// A gateway with two meters against the whole program: what the meters sign goes through the gateway, which cannot
// read it, and every round of readings ends with one verdict a meter.

let server: Gatehouse;
let siteId: string;
beforeAll(async () => {
  server = await startGatehouse();
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  siteId = items[0]?.id ?? "";
});
afterAll(async () => server?.end());

interface Made {
  readonly id: string;
  readonly identity: Identity;
}
interface Round {
  readonly id: string;
  readonly state: string;
  readonly open: number;
  readonly verdicts: Record<string, number>;
}

async function add(name: string, typeId: string, suite: SuiteId = SUITE_IDS.M1): Promise<Made> {
  const made = await server.call<{ device: { id: string }; claim: { code: string } }>(
    "POST",
    "/api/v1/devices",
    { name, typeId, siteId },
  );
  const by = { code: made.claim.code };
  const enrolled = await enrol({ url: server.url, by, suite, clock: systemClock, random: systemRandom });
  return { id: made.device.id, identity: enrolled.identity };
}

const serverKeyOf = ({ server: keys, root }: Identity): PublicBundle =>
  verifiedServerKey(keys.current, root).bundle;

let sequence = 0n;
function sealReading({ identity }: Made, n: number, wh: number, request?: string): Uint8Array {
  return seal(
    {
      sender: identity.keys,
      recipient: serverKeyOf(identity),
      contentType: CONTENT_TYPES.meterReading,
      sequence: ++sequence,
      sentMs: Date.now(),
      bootId: 1,
      payload: encodeMeterReading({
        v: 1,
        n,
        t: Math.floor(Date.now() / 1_000),
        kind: request === undefined ? "scheduled" : "asked",
        ...(request === undefined ? {} : { request }),
        registers: { "1.8.0": wh },
        flags: METER_FLAGS.tamper,
        serial: "GH40817123",
        digits: 8,
      }),
    },
    systemRandom,
  );
}

/** A device's WebSocket with a live session; what the server says in it is kept in order. */
class Link {
  readonly heard: { readonly contentType: number; readonly said: Record<string, unknown> }[] = [];
  readonly #socket: WebSocket;
  #session: Session | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open({ identity }: Made): Promise<Link> {
    const url = `${server.url.replace("http", "ws")}/api/v1/channel`;
    const socket = new WebSocket(url, "gatehouse.sx.v1");
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const link = new Link(socket);
    const peer = serverKeyOf(identity);
    const shake = new Handshake({ own: identity.keys, peer, random: systemRandom });
    const answer = new Promise<Buffer>((resolve) => socket.once("message", resolve));
    socket.send(shake.hello);
    const session = shake.finish(await answer, systemClock.monotonicMs());
    link.#session = session;
    socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) throw new Error(`in clear: ${data}`);
      const { contentType, payload } = session.open(data, systemClock.monotonicMs());
      link.heard.push({ contentType, said: JSON.parse(Buffer.from(payload).toString()) });
    });
    link.#data(NO_CONTENT, new Uint8Array());
    return link;
  }

  control(message: object): void {
    this.#data(CONTENT_TYPES.control, Buffer.from(JSON.stringify(message)));
  }

  pass(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  close(): void {
    this.#socket.terminate();
  }

  #data(contentType: number, payload: Uint8Array): void {
    const message = { contentType: contentType as typeof NO_CONTENT, payload };
    this.#socket.send(this.#session?.seal(message, systemClock.monotonicMs()) as Uint8Array);
  }

  /** What the server said under this `kind`, once it has. */
  async next(kind: string, from = 0): Promise<Record<string, unknown>> {
    const find = () => this.heard.slice(from).find(({ said }) => said.kind === kind)?.said;
    return (await eventually(find, (said) => said !== undefined)) as Record<string, unknown>;
  }

  async ackOf(frame: Uint8Array): Promise<Record<string, unknown> | undefined> {
    const keyId = Buffer.from(frame.subarray(8, 16)).toString("hex");
    const seq = Number(Buffer.from(frame).readBigUInt64BE(24));
    const find = () => this.heard.find(({ said }) => said.keyId === keyId && said.seq === seq)?.said;
    return eventually(find, (said) => said !== undefined);
  }
}

async function eventually<T>(ask: () => T | Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await ask();
    if (isRight(value) || i === 4_800) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const assign = (deviceIds: string[], gatewayId: string | null) =>
  server.call("POST", "/api/v1/gateways/assign", { deviceIds, gatewayId });
const round = (id: string) => server.call<Round>("GET", `/api/v1/meter-reads/${id}`);

test("all meters are read through their gateway, across a kill of the server, with one verdict each", async () => {
  const [gateway, first, second] = await Promise.all([
    add("cellar", "site-gateway"),
    add("meter-a", "meter", SUITE_IDS.C1),
    add("meter-b", "meter"),
  ]);
  await assign([first.id, second.id], gateway.id);
  let link = await Link.open(gateway);
  const assigned = await link.next("assigned");
  const listed = assigned.devices as { deviceId: string; keys: Record<string, string>[] }[];
  expect(listed.map(({ deviceId }) => deviceId).sort()).toEqual([first.id, second.id].sort());
  const key = listed.find(({ deviceId }) => deviceId === first.id)?.keys[0];
  const raw = (name: string): Uint8Array => Buffer.from(key?.[name] ?? "", "base64url");
  const known = importPublicBundle(SUITE_IDS.C1, raw("agreementKey"), raw("signingKey"));
  expect(known?.keyId).toBe(first.identity.keys.keyId);

  const { id } = await server.call<Round>("POST", "/api/v1/meter-reads", { all: true, deadlineSeconds: 120 });
  const asked = await link.next("read");
  expect(asked).toMatchObject({ requestId: id });
  expect([...(asked.devices as string[])].sort()).toEqual([first.id, second.id].sort());
  const answer = sealReading(first, 1, 10_432_871, id);
  link.pass(answer);
  expect(await link.ackOf(answer)).toMatchObject({ result: "stored" });

  await server.kill("SIGKILL");
  await server.restart();
  link = await Link.open(gateway);
  expect((await link.next("read")).devices).toEqual([second.id]);
  link.pass(answer);
  expect(await link.ackOf(answer)).toMatchObject({ result: "duplicate" });
  const items = [{ deviceId: second.id, verdict: "silent" }];
  link.control({ kind: "verdicts", requestId: id, items });
  link.control({ kind: "verdicts", requestId: id, items });
  const done = await eventually(
    () => round(id),
    ({ state }) => state === "done",
  );
  expect(done).toMatchObject({ state: "done", open: 0, verdicts: { read: 1, silent: 1 } });

  const { items: kept } = await server.call<{ items: { signed: string; meterReadId: string }[] }>(
    "GET",
    `/api/v1/devices/${first.id}/signed-readings`,
  );
  expect(kept).toMatchObject([{ meterReadId: id, serial: "GH40817123", flags: ["tamper"] }]);
  // Whoever has the meter's public key checks it without us.
  const part = parseForwarded(Buffer.from(kept[0]?.signed ?? "", "base64url"));
  assertSigned(part, first.identity.keys);
  const { last } = await server.call<{ last: { metric: string; value: unknown }[] }>(
    "GET",
    `/api/v1/devices/${first.id}`,
  );
  expect(Object.fromEntries(last.map(({ metric, value }) => [metric, value]))).toMatchObject({
    energy: 10_432.871,
    tamper: true,
  });
  link.close();
});

test("what a gateway passes on for a device that is not its own is refused in its session, at once and without end", async () => {
  const [gateway, meter] = [await add("attic", "site-gateway"), await add("meter-c", "meter")];
  await assign([meter.id], gateway.id);
  const link = await Link.open(gateway);
  const good = sealReading(meter, 1, 1_000);
  link.pass(good);
  expect(await link.ackOf(good)).toMatchObject({ result: "stored" });
  const heard = link.heard.length;
  await assign([meter.id], null);
  expect((await link.next("assigned", heard)).devices).toEqual([]);
  for (let n = 2; n < 30; n++) {
    const late = sealReading(meter, n, 1_000 + n);
    link.pass(late);
    expect(await link.ackOf(late)).toMatchObject({ result: "refused", code: "envelope.refused" });
  }
  await assign([meter.id], gateway.id);
  const again = sealReading(meter, 40, 2_000);
  link.pass(again);
  expect(await link.ackOf(again)).toMatchObject({ result: "stored" });
  link.close();
});

test("a meter that connects itself is asked itself; a gateway says what plain sensors at its site measured", async () => {
  const meter = await add("meter-d", "meter");
  const own = await Link.open(meter);
  const body = { deviceIds: [meter.id], deadlineSeconds: 60 };
  const { id } = await server.call<Round>("POST", "/api/v1/meter-reads", body);
  expect((await own.next("read")).devices).toEqual([meter.id]);
  own.pass(sealReading(meter, 1, 500, id));
  const done = await eventually(
    () => round(id),
    ({ state }) => state === "done",
  );
  expect(done.verdicts).toEqual({ read: 1 });
  own.close();

  const [gateway, sensor] = [await add("shed", "site-gateway"), await add("plain", "thermometer")];
  await assign([sensor.id], gateway.id);
  const link = await Link.open(gateway);
  await link.next("assigned");
  link.control({
    kind: "readings",
    items: [{ deviceId: sensor.id, ts: Date.now(), values: { temperature: 4.5 } }],
  });
  link.control({ kind: "readings", items: [{ deviceId: meter.id, ts: Date.now(), values: { energy: 1 } }] });
  link.control({ kind: "state", queue: { messages: 3, bytes: 900, dropped: 0 }, devices: [] });
  const results = () => link.heard.flatMap(({ said }) => (said.result === undefined ? [] : [said.result]));
  expect(await eventually(results, (all) => all.length >= 4)).toEqual([
    "stored",
    "stored",
    "refused",
    "stored",
  ]);
  const view = await server.call<{ queue: object; connected: boolean; devices: number }>(
    "GET",
    `/api/v1/gateways/${gateway.id}`,
  );
  expect(view).toMatchObject({ connected: true, devices: 1, queue: { messages: 3, bytes: 900 } });
  const { last } = await server.call<{ last: { value: unknown }[] }>("GET", `/api/v1/devices/${sensor.id}`);
  expect(last.map(({ value }) => value)).toContain(4.5);
  link.close();
});
