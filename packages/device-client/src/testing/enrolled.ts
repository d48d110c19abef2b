import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { type ChannelEvents, DeviceChannel } from "../device-channel.ts";
import { enrol } from "../enrol.ts";
import { type DeviceStore, encodeIdentity, type Identity, parseIdentity } from "../identity.ts";
import { httpCarrier } from "../wires/http.ts";
import { webSocketCarrier } from "../wires/websocket.ts";
import { CLAIM_CODE } from "./fake-enrolment.ts";
import type { FakeServer } from "./fake-server.ts";

export async function enrolAt(server: FakeServer, store: DeviceStore): Promise<Identity> {
  const { identity } = await enrol({
    url: server.url,
    by: { code: CLAIM_CODE },
    suite: server.suite,
    clock: systemClock,
    random: systemRandom,
  });
  await store.saveIdentity(encodeIdentity(identity));
  return identity;
}

/** A device as it is after a restart: from what its store holds. */
export async function openDevice(
  store: DeviceStore,
  events: ChannelEvents = {},
  over: "websocket" | "http" = "websocket",
): Promise<DeviceChannel> {
  const trust = {};
  return DeviceChannel.open({
    identity: parseIdentity((await store.loadIdentity()) as Uint8Array),
    store,
    carrier: ({ url }) =>
      over === "http" ? httpCarrier({ url, trust }) : webSocketCarrier({ url, trust, clock: systemClock }),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    events,
  });
}

/** Waits for what happens elsewhere; says what it waited for when it does not. */
export async function until(what: string, isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
  const startedMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedMs > timeoutMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
