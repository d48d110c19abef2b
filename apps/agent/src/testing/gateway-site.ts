import { systemRandom } from "@gatehouse/base";
import { until } from "@gatehouse/device-client/testing";
import { generateKeyBundle, type KeyBundle, SUITE_IDS } from "@gatehouse/secure-channel";
import { fetchGatewayKey } from "./meters/gateway-keys.ts";
import { type MeterParts, SimulatedMeter } from "./meters/simulated-meter.ts";
import { TestSite } from "./running-agent.ts";

export interface SiteDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly keys: KeyBundle;
}

/** A gateway, its server, and meters behind it, in this process. */
export class GatewaySite {
  readonly agent: TestSite;
  readonly devices: SiteDevice[] = [];
  readonly #meters: SimulatedMeter[] = [];
  #version = 0;

  private constructor(agent: TestSite) {
    this.agent = agent;
  }

  static async open(deviceCount: number): Promise<GatewaySite> {
    const site = new GatewaySite(await TestSite.open());
    for (let i = 0; i < deviceCount; i++) {
      const keys = generateKeyBundle(SUITE_IDS.M1, systemRandom);
      const deviceId = `0190a1b2-0000-7000-8000-${String(i + 100).padStart(12, "0")}`;
      site.devices.push({ deviceId, name: `meter-${i}`, keys });
      site.agent.server.assigned.push(keys);
    }
    return site;
  }

  get server() {
    return this.agent.server;
  }

  get status(): Record<string, unknown> {
    return this.agent.agent.status as Record<string, unknown>;
  }

  get url(): string {
    return `http://127.0.0.1:${this.status.gatewayPort}`;
  }

  async start(gateway: object = {}, awaitsServer = true): Promise<void> {
    await this.agent.start({ gateway: { enabled: true, port: 0, ...gateway } }, awaitsServer);
  }

  /** Tells the gateway for whom it speaks; resolves when it knows. */
  async assign(devices: readonly SiteDevice[] = this.devices): Promise<void> {
    this.#version++;
    this.server.push(10, {
      kind: "assigned",
      version: this.#version,
      part: 1,
      parts: 1,
      devices: devices.map(assignmentOf),
    });
    await until("the assignment", () => this.status.gatewayDevices === devices.length);
  }

  async meter(device: SiteDevice, options: Partial<MeterParts> = {}): Promise<SimulatedMeter> {
    const meter = new SimulatedMeter({
      keys: device.keys,
      server: this.server.current,
      gateway: await fetchGatewayKey(this.url, device.keys.suite),
      gatewayUrl: this.url,
      seed: 1,
      isSilent: false,
      says: "sealed",
      ...options,
    });
    this.#meters.push(meter);
    meter.connect();
    await until("a session at the site", () => meter.isConnected);
    return meter;
  }

  read(requestId: string, deadlineMs: number, devices: readonly SiteDevice[] = this.devices): void {
    const ids = devices.map(({ deviceId }) => deviceId);
    this.server.push(10, { kind: "read", requestId, deadlineMs, devices: ids });
  }

  /** What the server took of content type 10, by kind. */
  controls(kind: string): Record<string, unknown>[] {
    return this.server.taken
      .filter(({ contentType }) => contentType === 10)
      .map(({ value }) => value as Record<string, unknown>)
      .filter((value) => value.kind === kind);
  }

  get verdicts(): { deviceId: string; verdict: string }[] {
    return this.controls("verdicts").flatMap(({ items }) => items as { deviceId: string; verdict: string }[]);
  }

  async end(): Promise<void> {
    for (const meter of this.#meters) meter.end();
    await this.agent.end();
  }
}

export const assignmentOf = ({ deviceId, name, keys }: SiteDevice): object => ({
  deviceId,
  name,
  typeId: "meter",
  keyIds: [keys.keyId],
  keys: [
    {
      keyId: keys.keyId,
      suite: keys.suite,
      agreementKey: Buffer.from(keys.agreement.raw).toString("base64url"),
      signingKey: Buffer.from(keys.signing.raw).toString("base64url"),
    },
  ],
});
