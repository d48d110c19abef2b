import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock, systemRandom } from "@gatehouse/base";
import { enrolAt, FakeServer, until } from "@gatehouse/device-client/testing";
import { type LogLine, recordingLogger } from "@gatehouse/testkit";
import { parseConfig } from "../config/load.ts";
import { Agent } from "../run/agent.ts";
import { openStateFolder } from "../state/state-folder.ts";

export interface SentReading {
  readonly ts: number;
  readonly values: Record<string, number | boolean>;
}

/** A server, and an agent enrolled at it on a state folder of its own, in this process. */
export class TestSite {
  readonly server: FakeServer;
  readonly folder: string;
  readonly root: string;
  readonly log: LogLine[] = [];
  #agent: Agent | undefined;

  private constructor(server: FakeServer) {
    this.server = server;
    this.folder = mkdtempSync(join(tmpdir(), "agent with a space "));
    this.root = join(this.folder, "root");
    mkdirSync(this.root);
  }

  static async open(): Promise<TestSite> {
    const site = new TestSite(await new FakeServer().start());
    await enrolAt(site.server, await openStateFolder(site.stateDir, systemRandom));
    return site;
  }

  get stateDir(): string {
    return join(this.folder, "state");
  }

  get agent(): Agent {
    if (this.#agent === undefined) throw new Error("not started");
    return this.#agent;
  }

  file(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** Starts it, also again on what it left; resolves when it talks to the server, where that runs. */
  async start(config: object = {}, awaitsServer = true): Promise<Agent> {
    const greeted = this.server.greetings;
    this.#agent = await Agent.start({
      state: await openStateFolder(this.stateDir, systemRandom),
      config: parseConfig(Buffer.from(JSON.stringify({ intervalSeconds: 1, ...config })), "agent.json"),
      root: this.root,
      clock: systemClock,
      random: systemRandom,
      log: recordingLogger(this.log),
      version: "0.0.0-test",
    });
    if (awaitsServer) await until("a session", () => this.server.greetings > greeted);
    return this.#agent;
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  logged(event: string): LogLine[] {
    return this.log.filter((line) => line.event === event);
  }

  get items(): Record<string, unknown>[] {
    return this.server.taken
      .filter(({ contentType }) => contentType === 2)
      .flatMap(({ value }) => (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]);
  }

  get readings(): SentReading[] {
    return this.items.filter((item) => "values" in item && "ts" in item) as never;
  }

  events(type: string): Record<string, unknown>[] {
    return this.items.filter((item) => item.kind === "event" && item.type === type);
  }
}
