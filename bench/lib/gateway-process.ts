import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gatehouse/base/testing";
import { type AgentProcess, runCommand, startProcess } from "../../apps/agent/src/testing/agent-process.ts";
import type { Gatehouse } from "../../tests/lib/gatehouse.ts";

const WAIT_MS = 60_000;

/** One agent in the role of a site gateway: a process, a state folder, a port of its own. */
export class GatewayProcess {
  readonly deviceId: string;
  readonly url: string;
  readonly #folder: string;
  #process: AgentProcess;

  private constructor(deviceId: string, folder: string, port: number) {
    this.deviceId = deviceId;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    this.#process = startProcess(folder);
  }

  /** Adds the device, enrols, and starts; resolves when it listens and has its session. */
  static async open(server: Gatehouse, name: string, siteId: string): Promise<GatewayProcess> {
    const made = await server.call<{ device: { id: string }; claim: { code: string } }>(
      "POST",
      "/api/v1/devices",
      { name, typeId: "site-gateway", siteId },
    );
    const folder = join(mkdtempSync(join(tmpdir(), "gatehouse-gateway ")), "state");
    mkdirSync(folder, { mode: 0o700 });
    const port = await freePort();
    const config = { intervalSeconds: 3_600, gateway: { enabled: true, port } };
    writeFileSync(join(folder, "agent.json"), JSON.stringify(config), { mode: 0o600 });
    const enrolled = await runCommand(["enrol", server.url, made.claim.code, "--state-dir", folder]);
    if (enrolled.code !== 0) throw new Error(`enrol: ${enrolled.stderr}`);
    const gateway = new GatewayProcess(made.device.id, folder, port);
    try {
      await gateway.#logged("gateway.listening");
      await gateway.#logged("channel.connected");
      return gateway;
    } catch (error) {
      await gateway.end();
      throw error;
    }
  }

  async kill(): Promise<void> {
    await this.#process.kill("SIGKILL");
  }

  /** Again on what it left. */
  async restart(): Promise<void> {
    this.#process = startProcess(this.#folder);
    await this.#logged("gateway.listening");
  }

  /** Resolves when it knows so many devices. */
  async knows(devices: number): Promise<void> {
    await this.#waitFor(`${devices} devices`, () =>
      this.#process.lines.some((line) => line.msg === "gateway.devices_assigned" && line.devices === devices),
    );
  }

  async end(): Promise<void> {
    await this.#process.kill("SIGTERM");
    rmSync(join(this.#folder, ".."), { recursive: true, force: true });
  }

  #logged(event: string): Promise<void> {
    return this.#waitFor(event, () => this.#process.logged(event));
  }

  async #waitFor(what: string, isSo: () => boolean): Promise<void> {
    const untilMs = performance.now() + WAIT_MS;
    while (!isSo()) {
      if (performance.now() > untilMs)
        throw new Error(
          `a gateway did not get to: ${what}; ${JSON.stringify(this.#process.lines.slice(-3))}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
