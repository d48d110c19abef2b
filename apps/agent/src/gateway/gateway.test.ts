import { systemClock, systemRandom } from "@gatehouse/base";
import { fetchSiteKey } from "@gatehouse/device-client";
import { FakeServer, GATEWAY_ID, until } from "@gatehouse/device-client/testing";
import { parseMeterReading } from "@gatehouse/device-types/meter-reading";
import { generateKeyBundle, SUITE_IDS, seal } from "@gatehouse/secure-channel";
import { sendOn } from "@gatehouse/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { GatewaySite, type SiteDevice } from "../testing/gateway-site.ts";

const REQUEST = "0190a1b2-0000-7000-8000-00000000000a";
const OTHER_REQUEST = "0190a1b2-0000-7000-8000-00000000000b";

let site: GatewaySite;
afterEach(async () => site.end());

const inSeconds = (seconds: number): number => systemClock.nowMs() + seconds * 1000;
const readings = () => site.server.taken.filter(({ contentType }) => contentType === 7);
const requestsRead = () => readings().map(({ value }) => parseMeterReading(value as Uint8Array)?.request);

function envelopeOf({ keys }: SiteDevice, sequence: bigint, recipient = site.server.current): Uint8Array {
  return seal(
    {
      sender: keys,
      recipient,
      contentType: 2,
      sequence,
      sentMs: 0,
      bootId: 1,
      payload: Buffer.from(JSON.stringify({ values: { energy: 1 } })),
    },
    systemRandom,
  );
}

const post = (body: Uint8Array, type = "application/vnd.gatehouse.sx") =>
  fetch(`${site.url}/api/v1/channel/messages`, {
    method: "POST",
    headers: { "content-type": type },
    body: Buffer.from(body),
  });

describe("what devices at the site say", () => {
  it("passes on what a device sealed for the server, untouched", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    const meter = await site.meter(site.devices[0] as SiteDevice);
    meter.report();
    await until("the reading", () => readings().length === 1);
    expect(readings()[0]).toMatchObject({ how: "sealed", senderKeyId: site.devices[0]?.keys.keyId });
    await until("the acknowledgement", () => meter.acknowledged === 1);
  });

  it("ends a device's session and forwards what the device signed, with its signature", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    const meter = await site.meter(site.devices[0] as SiteDevice, { says: "signed" });
    meter.report();
    await until("the reading", () => readings().length === 1);
    expect(readings()[0]).toMatchObject({ how: "forwarded", senderKeyId: site.devices[0]?.keys.keyId });
  });

  it("takes single envelopes over HTTP, and forwards those that were sealed for itself", async () => {
    site = await GatewaySite.open(2);
    await site.start();
    await site.assign();
    const [device] = site.devices as [SiteDevice, SiteDevice];
    const reply = await post(envelopeOf(device, 7n));
    expect(reply.status).toBe(202);
    expect(await reply.json()).toMatchObject({ seq: "7", result: "stored" });
    await until("it is passed on", () => site.server.taken.some(({ how }) => how === "sealed"));
  });

  it("accepts nothing but envelopes, and those of assigned devices only", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    const [device] = site.devices as [SiteDevice];
    const stranger = { ...device, keys: generateKeyBundle(SUITE_IDS.M1, systemRandom) };
    expect((await post(envelopeOf(stranger, 1n))).status).toBe(403);
    expect((await post(Buffer.from('{"values":{"energy":1}}'))).status).toBe(403);
    expect((await post(envelopeOf(device, 1n), "application/json")).status).toBe(403);
    expect((await post(new Uint8Array(20_000))).status).toBe(413);
    expect((await fetch(`${site.url}/api/v1/devices`)).status).toBe(404);
    expect(site.status.gatewayQueue).toBe(0);
  });

  it("can be read by whoever is still sending what it refuses", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    const body = new Uint8Array(2_000_000);
    const { port } = new URL(site.url);
    for (const [type, status] of [
      ["text/plain", "403"],
      ["application/vnd.gatehouse.sx", "413"],
    ] as const) {
      const head = [
        "POST /api/v1/channel/messages HTTP/1.1",
        "host: site",
        `content-type: ${type}`,
        `content-length: ${body.length}`,
        "",
        "",
      ].join("\r\n");
      const begun = head + "x".repeat(20_000);
      expect(await sendOn(Number(port), begun, body.subarray(20_000))).toMatch(`HTTP/1.1 ${status}`);
    }
  });

  it("keeps what it acknowledged while the server is away, across its own restart", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    await site.server.stop();
    const [device] = site.devices as [SiteDevice];
    const envelopes = Array.from({ length: 50 }, (_, i) => envelopeOf(device, BigInt(i + 1)));
    for (const envelope of envelopes) expect((await post(envelope)).status).toBe(202);
    await site.agent.stop();
    await site.server.start();
    await site.start();
    await until("all of them", () => site.server.taken.filter(({ how }) => how === "sealed").length === 50);
    await until("an empty queue", () => site.status.gatewayQueue === 0);
  });

  it("passes on what a device said twice, and goes on", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    const [device] = site.devices as [SiteDevice];
    await site.server.stop();
    for (const sequence of [1n, 1n, 2n]) expect((await post(envelopeOf(device, sequence))).status).toBe(202);
    await site.server.start();
    await until("an empty queue", () => site.status.gatewayQueue === 0);
    expect(site.server.taken.filter(({ how }) => how === "sealed")).toHaveLength(2);
  });

  it("loses nothing to somebody who sends rubbish under a device's sequence", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    const [device] = site.devices as [SiteDevice];
    const rubbish = envelopeOf(device, 1n);
    rubbish.fill(0, rubbish.length - 16);
    await site.server.stop();
    for (const envelope of [rubbish, envelopeOf(device, 1n), envelopeOf(device, 2n)])
      expect((await post(envelope)).status).toBe(202);
    await site.server.start();
    await until("an empty queue", () => site.status.gatewayQueue === 0);
    expect(site.server.taken.filter(({ how }) => how === "sealed")).toHaveLength(2);
    expect(site.status.gatewayDropped).toBe(1);
  });

  it("gives up what the server refuses, and goes on with the next", async () => {
    site = await GatewaySite.open(2);
    await site.start();
    await site.assign();
    const [known, revoked] = site.devices as [SiteDevice, SiteDevice];
    site.server.assigned.splice(1, 1);
    expect((await post(envelopeOf(revoked, 1n))).status).toBe(202);
    expect((await post(envelopeOf(known, 1n))).status).toBe(202);
    await until("the next", () =>
      site.server.taken.some(({ senderKeyId }) => senderKeyId === known.keys.keyId),
    );
    await until("what was refused is given up", () => site.status.gatewayDropped === 1);
  });

  it("ends the connection of a device that is assigned elsewhere, at once", async () => {
    site = await GatewaySite.open(2);
    await site.start();
    await site.assign();
    const [stays, goes] = site.devices as [SiteDevice, SiteDevice];
    const gone = await site.meter(goes);
    const staying = await site.meter(stays);
    await site.assign([stays]);
    await until("it is cut off", () => !gone.isConnected);
    expect(staying.isConnected).toBe(true);
    expect((await post(envelopeOf(goes, 99n))).status).toBe(403);
  });

  it("knows whom it speaks for after a restart without its server", async () => {
    site = await GatewaySite.open(3);
    await site.start();
    await site.assign();
    await site.agent.stop();
    await site.server.stop();
    await site.start({}, false);
    expect(site.status.gatewayDevices).toBe(3);
    await site.server.start();
  });
});

describe("the keys at the site", () => {
  it("are vouched for by the server, and a device believes no others, also while the server is away", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    const root = site.server.rootText;
    const ask = (more: object = {}) => fetchSiteKey({ url: site.url, suite: SUITE_IDS.M1, root, ...more });
    let keyId: string | undefined;
    while (keyId === undefined) keyId = (await ask().catch(() => undefined))?.keyId;
    expect((await ask({ gatewayId: GATEWAY_ID })).keyId).toBe(keyId);
    expect(site.server.siteKeyIds.has(keyId)).toBe(true);
    const foreignRoot = new FakeServer().rootText;
    for (const wrong of [{ gatewayId: site.devices[0]?.deviceId }, { root: foreignRoot }])
      await expect(ask(wrong)).rejects.toMatchObject({ code: "envelope.refused" });

    await site.agent.stop();
    await site.server.stop();
    await site.start({}, false);
    expect((await ask()).keyId).toBe(keyId);
  });

  it("that nobody vouches for are not believed", async () => {
    site = await GatewaySite.open(1);
    await site.server.stop();
    await site.start({}, false);
    const asked = fetchSiteKey({ url: site.url, suite: SUITE_IDS.M1, root: site.server.rootText });
    await expect(asked).rejects.toMatchObject({ code: "envelope.refused" });
  });
});

describe("reading meters on request", () => {
  it("asks each, sends what they answer, and says who is silent", async () => {
    site = await GatewaySite.open(6);
    await site.start();
    await site.assign();
    for (const [i, device] of site.devices.entries())
      if (i < 5) await site.meter(device, { isSilent: i === 4, seed: i });
    // Longer than it waits for who is silent or does not come: the end of the time decides nothing.
    site.read(REQUEST, inSeconds(55));
    await until("the readings", () => readings().length === 4);
    expect(requestsRead()).toEqual([REQUEST, REQUEST, REQUEST, REQUEST]);
    await until("verdicts on the others", () => site.verdicts.length === 2);
    expect(new Map(site.verdicts.map(({ deviceId, verdict }) => [deviceId, verdict]))).toEqual(
      new Map([
        [site.devices[4]?.deviceId, "silent"],
        [site.devices[5]?.deviceId, "unreachable"],
      ]),
    );
  });

  it("waits for a meter that comes later, and asks nobody twice when the server asks again", async () => {
    site = await GatewaySite.open(2);
    await site.start();
    await site.assign();
    const early = await site.meter(site.devices[0] as SiteDevice);
    site.read(REQUEST, inSeconds(60));
    await until("the first", () => readings().length === 1);
    const late = await site.meter(site.devices[1] as SiteDevice);
    await until("the second", () => readings().length === 2);
    site.read(REQUEST, inSeconds(60));
    site.read(OTHER_REQUEST, inSeconds(60));
    await until("the other request", () => readings().length === 4);
    expect([early.asked, late.asked]).toEqual([2, 2]);
  });

  it("goes on with an open request after a restart", async () => {
    site = await GatewaySite.open(2);
    await site.start();
    await site.assign();
    await site.meter(site.devices[0] as SiteDevice);
    site.read(REQUEST, inSeconds(60));
    await until("the first", () => readings().length === 1);
    await site.agent.stop();
    await site.start();
    await site.meter(site.devices[1] as SiteDevice);
    await until("the second", () => readings().length === 2);
    expect(new Set(readings().map(({ senderKeyId }) => senderKeyId)).size).toBe(2);
  });

  it("asks nobody any more when the request is called off", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    site.read(REQUEST, inSeconds(60));
    await until("it is open", () => site.status.gatewayRequests === 1);
    site.server.push(10, { kind: "cancel", requestId: REQUEST });
    await until("it is not", () => site.status.gatewayRequests === 0);
    const meter = await site.meter(site.devices[0] as SiteDevice);
    meter.report();
    await until("its own reading", () => readings().length === 1);
    expect(meter.asked).toBe(0);
  });

  it("tells the server its queue and whom it heard", async () => {
    site = await GatewaySite.open(1);
    await site.start();
    await site.assign();
    await site.meter(site.devices[0] as SiteDevice);
    // The first may be of before the meter connected.
    const heard = () => site.controls("state").find(({ devices }) => (devices as object[]).length > 0);
    await until("its state", () => heard() !== undefined);
    expect(heard()).toMatchObject({
      queue: { messages: 0, dropped: 0 },
      devices: [{ deviceId: site.devices[0]?.deviceId, via: "websocket" }],
    });
  });
});
