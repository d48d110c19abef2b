// Many meters in one process, driven by its parent over IPC: they enrol with a group's key, connect to gateways, and
// answer what these ask.
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock, systemRandom } from "@gatehouse/base";
import { enrol, type Identity, verifiedServerKey } from "@gatehouse/device-client";
import { SUITE_IDS, type SuiteId } from "@gatehouse/secure-channel";
import { fetchGatewayKey } from "../../apps/agent/src/testing/meters/gateway-keys.ts";
import { SimulatedMeter } from "../../apps/agent/src/testing/meters/simulated-meter.ts";
import { openManyAddresses } from "./many-addresses.ts";

export interface GroupKey {
  readonly groupId: string;
  readonly groupKey: string;
}

export interface EnrolOrder {
  readonly kind: "enrol";
  readonly url: string;
  /** As many enrol at a time. */
  readonly groups: readonly GroupKey[];
  /** Registration ids are this and a number. */
  readonly prefix: string;
  readonly count: number;
  /** Every so many meters, one speaks C1 and the others M1. */
  readonly everyC1: number;
  /** They come from addresses 127.<this>.*.* */
  readonly addresses: number;
}

export interface ConnectOrder {
  readonly kind: "connect";
  readonly gatewayUrl: string;
  readonly meters: readonly { readonly deviceId: string; readonly isSilent: boolean }[];
}

export type MeterOrder = EnrolOrder | ConnectOrder | { readonly kind: "stats" };

export interface MeterStats {
  readonly connected: number;
  readonly asked: number;
  readonly acknowledged: number;
}

export type MeterReply =
  | { readonly kind: "enrolled"; readonly deviceIds: readonly string[] }
  | { readonly kind: "connected" }
  | ({ readonly kind: "stats" } & MeterStats)
  | { readonly kind: "failed"; readonly reason: string };

const identities = new Map<string, Identity>();
const meters: SimulatedMeter[] = [];

async function enrolAll(order: EnrolOrder): Promise<string[]> {
  const { url, groups, prefix, count, everyC1 } = order;
  const way = await openManyAddresses(url, order.addresses);
  const deviceIds: string[] = [];
  let next = 0;
  const worker = async (group: GroupKey): Promise<void> => {
    while (next < count) {
      const number = next++;
      const { identity } = await enrol({
        url: way.url,
        by: { ...group, registrationId: `${prefix}${number}` },
        suite: number % everyC1 === 0 ? SUITE_IDS.C1 : SUITE_IDS.M1,
        clock: systemClock,
        random: systemRandom,
      });
      identities.set(identity.deviceId, identity);
      deviceIds.push(identity.deviceId);
    }
  };
  await Promise.all(groups.map(worker));
  way.close();
  return deviceIds;
}

/** Resolves when every one of them has its session. */
async function connectAll(order: ConnectOrder): Promise<void> {
  const keys = new Map<SuiteId, Awaited<ReturnType<typeof fetchGatewayKey>>>();
  for (const suite of [SUITE_IDS.M1, SUITE_IDS.C1])
    keys.set(suite, await fetchGatewayKey(order.gatewayUrl, suite));
  const mine: SimulatedMeter[] = [];
  for (const { deviceId, isSilent } of order.meters) {
    const identity = identities.get(deviceId) as Identity;
    const meter = new SimulatedMeter({
      keys: identity.keys,
      server: verifiedServerKey(identity.server.current, identity.root).bundle,
      gateway: keys.get(identity.suite) as NonNullable<ReturnType<typeof keys.get>>,
      gatewayUrl: order.gatewayUrl,
      seed: meters.length + mine.length,
      isSilent,
      says: "sealed",
    });
    mine.push(meter);
    meter.connect();
    if (mine.length % 20 === 0) await sleep(20);
  }
  meters.push(...mine);
  while (mine.some(({ isConnected }) => !isConnected)) await sleep(50);
}

async function obey(order: MeterOrder): Promise<MeterReply> {
  if (order.kind === "enrol") return { kind: "enrolled", deviceIds: await enrolAll(order) };
  if (order.kind === "connect") {
    await connectAll(order);
    return { kind: "connected" };
  }
  const sum = (of: (meter: SimulatedMeter) => number) => meters.reduce((all, meter) => all + of(meter), 0);
  return {
    kind: "stats",
    connected: sum(({ isConnected }) => Number(isConnected)),
    asked: sum(({ asked }) => asked),
    acknowledged: sum(({ acknowledged }) => acknowledged),
  };
}

process.on("message", (order: MeterOrder) => {
  obey(order).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ kind: "failed", reason: String(error) } satisfies MeterReply),
  );
});
process.on("disconnect", () => process.exit());
