import { setTimeout as sleep } from "node:timers/promises";
import { type Gatehouse, startGatehouse } from "../../tests/lib/gatehouse.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { MeterProcess } from "./meters.ts";
import type { GroupKey } from "./meters-worker.ts";
import { countVerdicts, type VerdictCount } from "./verdicts.ts";

/** Processes of the meters: a site's own machines would be elsewhere. */
const METER_PROCESSES = 4;
/** Devices of one group enrol one after the other. */
const GROUPS_EACH = 4;
const EVERY_C1 = 5;
const SILENT_EVERY = 20;
const DEVICES_PER_CALL = 500;
const KILLED_GATEWAYS = 2;
const KILL_AT_RATIO = 0.3;

export interface Round {
  readonly seconds: number;
  readonly verdicts: VerdictCount;
}

interface Progress {
  readonly id: string;
  readonly state: "open" | "done" | "cancelled";
  readonly total: number;
  readonly open: number;
  readonly createdMs: number;
  readonly endedMs?: number;
}

/** A server, gateways as processes of their own, and meters behind them, all enrolled and connected. */
export class MeteringSite {
  readonly #server: Gatehouse;
  readonly #gateways: GatewayProcess[] = [];
  readonly #meters: MeterProcess[] = [];
  #meterCount = 0;
  #silentCount = 0;
  #busy = 0;

  private constructor(server: Gatehouse) {
    this.#server = server;
  }

  static async open(gateways: number, metersEach: number): Promise<MeteringSite> {
    const site = new MeteringSite(await startGatehouse());
    try {
      await site.#prepare(gateways, metersEach);
      return site;
    } catch (error) {
      await site.end();
      throw error;
    }
  }

  get gatewayCount(): number {
    return this.#gateways.length;
  }

  get meterCount(): number {
    return this.#meterCount;
  }

  get silentCount(): number {
    return this.#silentCount;
  }

  /** How often the server had no time for an operator who asked how far a round is. */
  get busyCount(): number {
    return this.#busy;
  }

  /** One round over all meters; `meanwhile` happens when some of them have answered. */
  async read(deadlineSeconds: number, meanwhile?: () => Promise<void>): Promise<Round> {
    let now = await this.#server.call<Progress>("POST", "/api/v1/meter-reads", {
      all: true,
      deadlineSeconds,
    });
    let happened: Promise<void> | undefined;
    const endMs = performance.now() + (deadlineSeconds + 60) * 1_000;
    while (now.state === "open" && performance.now() < endMs) {
      await sleep(250);
      if (meanwhile !== undefined && happened === undefined && now.open < now.total * (1 - KILL_AT_RATIO)) {
        happened = meanwhile();
        await happened;
      }
      now = (await this.#progressOf(now.id)) ?? now;
    }
    if (meanwhile !== undefined && happened === undefined)
      throw new Error("it was over before anybody was killed");
    const seconds = ((now.endedMs ?? Number.NaN) - now.createdMs) / 1_000;
    return { seconds, verdicts: await countVerdicts(this.#server.dataDir, now.id) };
  }

  /** Undefined while the server has too much to do to say it. */
  #progressOf(id: string): Promise<Progress | undefined> {
    return this.#server.call<Progress>("GET", `/api/v1/meter-reads/${id}`).catch((error: Error) => {
      if (!error.message.includes("server.busy")) throw error;
      this.#busy++;
      return undefined;
    });
  }

  async killSome(): Promise<void> {
    const some = this.#gateways.slice(0, KILLED_GATEWAYS);
    await Promise.all([this.#server.kill("SIGKILL"), ...some.map((gateway) => gateway.kill())]);
    console.log(`killed the server and ${some.length} gateways`);
    await Promise.all([this.#server.restart(), ...some.map((gateway) => gateway.restart())]);
  }

  async end(): Promise<void> {
    for (const meters of this.#meters) await meters.end();
    await Promise.all(this.#gateways.map((gateway) => gateway.end()));
    await this.#server.end();
  }

  async #prepare(gateways: number, metersEach: number): Promise<void> {
    const startMs = performance.now();
    const { items } = await this.#server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
    const siteId = items[0]?.id ?? "";
    for (let i = 0; i < gateways; i++)
      this.#gateways.push(await GatewayProcess.open(this.#server, `gateway-${i}`, siteId));
    const byProcess = await this.#enrol(siteId, gateways * metersEach);
    console.log(`enrolled after ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
    await this.#assign(byProcess.flat(), metersEach);
    await this.#connect(byProcess, metersEach);
    console.log(`connected after ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  }

  /** Device ids, by the process in which these meters are. */
  async #enrol(siteId: string, count: number): Promise<(readonly string[])[]> {
    this.#meterCount = count;
    return Promise.all(
      Array.from({ length: METER_PROCESSES }, async (_, i) => {
        const meters = new MeterProcess();
        this.#meters.push(meters);
        const groups = await Promise.all(
          Array.from({ length: GROUPS_EACH }, (_group, g) =>
            this.#addGroup(`meters ${i}.${g}`, siteId, count),
          ),
        );
        const { deviceIds } = await meters.order(
          {
            kind: "enrol",
            url: this.#server.url,
            groups,
            prefix: `meter-${i}-`,
            count: count / METER_PROCESSES,
            everyC1: EVERY_C1,
            addresses: 10 + i,
          },
          "enrolled",
        );
        return deviceIds;
      }),
    );
  }

  async #addGroup(name: string, siteId: string, maxDevices: number): Promise<GroupKey> {
    const expiresMs = Date.now() + 3_600_000;
    const { group, key } = await this.#server.call<{ group: { id: string }; key: string }>(
      "POST",
      "/api/v1/enrolment-groups",
      { name, typeId: "meter", siteId, maxDevices, expiresMs },
    );
    return { groupId: group.id, groupKey: key };
  }

  async #assign(deviceIds: readonly string[], metersEach: number): Promise<void> {
    for (const [i, gateway] of this.#gateways.entries()) {
      const mine = deviceIds.slice(i * metersEach, (i + 1) * metersEach);
      for (let at = 0; at < mine.length; at += DEVICES_PER_CALL)
        await this.#server.call("POST", "/api/v1/gateways/assign", {
          deviceIds: mine.slice(at, at + DEVICES_PER_CALL),
          gatewayId: gateway.deviceId,
        });
      await gateway.knows(metersEach);
    }
  }

  async #connect(byProcess: readonly (readonly string[])[], metersEach: number): Promise<void> {
    const order = byProcess.flat();
    const silent = new Set(order.filter((_, i) => i % SILENT_EVERY === SILENT_EVERY - 1));
    this.#silentCount = silent.size;
    const placeOf = new Map(order.map((deviceId, i) => [deviceId, Math.floor(i / metersEach)]));
    await Promise.all(
      this.#meters.map(async (meters, i) => {
        for (const [place, gateway] of this.#gateways.entries()) {
          const mine = (byProcess[i] ?? []).filter((deviceId) => placeOf.get(deviceId) === place);
          if (mine.length === 0) continue;
          const asked = mine.map((deviceId) => ({ deviceId, isSilent: silent.has(deviceId) }));
          await meters.order({ kind: "connect", gatewayUrl: gateway.url, meters: asked }, "connected");
        }
      }),
    );
  }
}
