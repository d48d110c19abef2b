import type { Clock, Logger, Random } from "@gatehouse/base";
import { type ChannelEvents, DeviceChannel } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { Cameras } from "../cameras/cameras.ts";
import { CommandDesk } from "../commands/command-desk.ts";
import { CommandJournal } from "../commands/journal.ts";
import type { AgentConfig, RemoteSettings } from "../config/schema.ts";
import { Gateway } from "../gateway/gateway.ts";
import { faultOf } from "../sensors/files.ts";
import { Spool } from "../spool/spool.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { WitnessLine } from "../witness/witness-line.ts";
import { carrierOf } from "./carrier.ts";
import { Collector } from "./collector.ts";
import { DeviceLog, teeLogger } from "./device-log.ts";
import { Health } from "./health.ts";
import { machineTime } from "./machine-time.ts";
import { RemoteSettingsKeeper } from "./remote-settings.ts";
import { Sender } from "./sender.ts";
import { TimeKeeper } from "./time-keeper.ts";

export interface AgentParts {
  readonly state: StateFolder;
  readonly config: AgentConfig;
  /** "/" in earnest. */
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly version: string;
}

/** What is opened before the agent can be put together. */
interface Opened {
  readonly time: TimeKeeper;
  readonly spool: Spool;
  readonly deviceLog: DeviceLog;
  /** To standard output and, from its level on, to the device's log. */
  readonly log: Logger;
  readonly settings: RemoteSettingsKeeper;
  readonly journal: CommandJournal;
}

/** Longest a stop waits for the store to be emptied; what is left is sent after the next start. */
const LAST_SEND_MS = 2_000;

/** One agent at work: measures into its store, empties it to the server, obeys what it may. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #opened: Opened;
  readonly #health: Health;
  readonly #collector: Collector;
  readonly #desk: CommandDesk;
  readonly #channel: DeviceChannel;
  readonly #sender: Sender;
  readonly #witness: WitnessLine;
  readonly #cameras: Cameras;
  #gateway: Gateway | undefined;
  #toldWrongClock = false;

  /** At work with its cameras when it resolves. The caller holds the lock of the state folder. Refuses `agent.not_enrolled`. */
  static async start(parts: AgentParts): Promise<Agent> {
    const { state, config, root, clock, random, log } = parts;
    const identity = await state.getIdentity();
    const spool = await Spool.open({
      folder: state.spoolFolder,
      capBytes: config.store.capMegabytes * 1024 * 1024,
      flushMs: config.store.flushSeconds * 1000,
      clock,
    });
    const time = new TimeKeeper(clock, machineTime(root, random));
    const settings = await RemoteSettingsKeeper.open({
      state,
      identity,
      local: remotePart(config),
      takes: config.remoteSettings,
      log,
    });
    const deviceLog = new DeviceLog(spool, time, settings.effective.log.sendLevel);
    const opened: Opened = {
      time,
      spool,
      settings,
      deviceLog,
      journal: await CommandJournal.open(state),
      log: teeLogger(log, deviceLog),
    };
    const events: ChannelEvents = {};
    const channel = await DeviceChannel.open({
      identity,
      store: state,
      carrier: (current) => carrierOf(config.transport, current, clock, random),
      clock,
      random,
      log: opened.log,
      isClockSet: () => time.isClockSet,
      events,
    });
    const witness = await WitnessLine.open(
      { channel, time, log: opened.log, isTwoWay: config.transport !== "http" },
      { ...parts, root: Buffer.from(identity.root, "base64url"), log: opened.log },
    );
    const agent = new Agent(parts, opened, channel, witness);
    if (config.gateway.enabled)
      agent.#gateway = await Gateway.start({
        ...parts,
        config: config.gateway,
        channel,
        time,
        log: opened.log,
      });
    events.connected = () => agent.#connected();
    events.command = (command) => void agent.#desk.take(command);
    events.control = (payload) => agent.#takeControl(payload);
    events.serverTime = (serverTimeMs) => agent.#hearTime(serverTimeMs);
    await agent.#begin();
    return agent;
  }

  private constructor(parts: AgentParts, opened: Opened, channel: DeviceChannel, witness: WitnessLine) {
    const { config, clock, random, root } = parts;
    const { spool, time, settings, journal, deviceLog, log } = opened;
    this.#parts = parts;
    this.#opened = opened;
    this.#channel = channel;
    this.#witness = witness;
    const { keepMegabytes, keepHours, uploadKilobytesPerSecond } = config.cameras;
    this.#cameras = new Cameras({
      ...parts,
      log,
      limits: { maxBytes: keepMegabytes * 1_048_576, maxAgeMs: keepHours * 3_600_000 },
      bytesPerSecond: uploadKilobytesPerSecond * 1_000,
      serverNowMs: () => time.serverNowMs(),
      heardServer: (serverTimeMs) => time.heardServer(serverTimeMs),
    });
    const common = { clock, time, spool, log };
    const machine = { root, clock };
    this.#sender = new Sender({ ...common, channel, random });
    this.#collector = new Collector({
      ...common,
      machine,
      health: () => ({ ...this.#health.measure(), ...this.#gateway?.measure() }),
      stored: () => this.#sender.nudge(),
    });
    this.#health = new Health({
      ...common,
      channel,
      settings,
      lostElsewhere: () => this.#collector.notStored + this.#sender.refusedCount,
    });
    this.#desk = new CommandDesk({
      config,
      machine,
      journal,
      clock,
      log,
      serverNowMs: () => time.serverNowMs(),
      answer: (id, answer) => this.#answer(id, answer),
      report: (type, data) => deviceLog.event(type, data),
      changed: () => void this.#collector.measure(),
    });
  }

  /** For people and for monitoring. */
  get status(): object {
    const { version, config } = this.#parts;
    const { deviceId, name, url, keys, words } = this.#channel.identity;
    return {
      version,
      deviceId,
      name,
      server: url,
      words: words.join(" "),
      keyId: keys.keyId,
      transport: config.transport,
      connected: this.#channel.isConnected,
      ...this.#health.measure(),
      sent: this.#sender.sentCount,
      damagedBytes: this.#opened.spool.stats.damagedBytes,
      sensors: this.#collector.states,
      ...this.#witness.status,
      ...this.#gateway?.status,
      cameras: this.#cameras.status,
    };
  }

  /** Those on disk are at work when it resolves, and no others. */
  reloadCameras(): Promise<void> {
    return this.#cameras.reload();
  }

  /** The new key id, once the server confirmed it, and those of its cameras. */
  async rotateKeys(): Promise<object> {
    const keyId = await this.#channel.rotateKeys();
    return { keyId, cameras: await this.#cameras.rotateKeys() };
  }

  /** Measures no more, sends what the server takes at once, closes the store. */
  async stop(): Promise<void> {
    const { clock } = this.#parts;
    const { spool } = this.#opened;
    await this.#collector.stop();
    const othersStopped = Promise.all([this.#gateway?.stop(), this.#cameras.stop()]);
    const untilMs = clock.monotonicMs() + LAST_SEND_MS;
    while (this.#channel.isConnected && spool.stats.depth > 0 && clock.monotonicMs() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await this.#channel.stop();
    await othersStopped;
    await this.#sender.stop();
    await spool.close();
  }

  async #begin(): Promise<void> {
    const { log, spool, settings } = this.#opened;
    const { depth, damagedBytes } = spool.stats;
    log.info({ version: this.#parts.version, waiting: depth }, "agent.started");
    if (damagedBytes > 0) log.error({ damagedBytes }, "store.damaged");
    this.#channel.start();
    this.#sender.start();
    this.#apply(settings.effective);
    // A folder that cannot be read is logged; the machine itself goes on.
    await this.#cameras.reload().catch(() => undefined);
  }

  #connected(): void {
    this.#sender.nudge();
    this.#gateway?.connected();
    this.#witness.connected();
    void this.#desk.sendAnswers();
    void this.#reportSettings();
  }

  #apply({ intervalSeconds, sensors, log, witness }: RemoteSettings): void {
    this.#witness.setOn(witness);
    this.#opened.deviceLog.setLevel(log.sendLevel);
    this.#collector.start(intervalSeconds * 1000, sensors);
  }

  async #answer(id: string, answer: { ok: boolean; reason: string }): Promise<void> {
    const { time } = this.#opened;
    await this.#channel.send({
      contentType: CONTENT_TYPES.command,
      payload: Buffer.from(JSON.stringify({ id, ...answer })),
      sentMs: time.isClockSet ? time.serverNowMs() : 0,
    });
  }

  #takeControl(payload: Uint8Array): void {
    if (!this.#witness.take(payload) && this.#gateway?.take(payload) !== true)
      void this.#takeSettings(payload);
  }

  async #takeSettings(payload: Uint8Array): Promise<void> {
    const { settings, log } = this.#opened;
    const { isNew, refused } = await settings.take(payload, this.#channel.identity);
    const { version } = settings;
    if (refused !== undefined) log.warn({ reason: refused, version }, "settings.refused");
    if (isNew) {
      this.#apply(settings.effective);
      log.info({ version }, "settings.applied");
    }
    await this.#reportSettings();
  }

  /** What is in force, and what the server cannot change. In each session anew, so nothing of it is kept to be sent. */
  async #reportSettings(): Promise<void> {
    const { settings, time, log } = this.#opened;
    const { remoteSettings, commands, ledControl } = this.#parts.config;
    const report = {
      kind: "settings",
      ...settings.standing,
      takes: remoteSettings,
      settings: settings.effective,
      commands: Object.keys(commands),
      leds: ledControl,
    };
    try {
      const { result, code } = await this.#channel.send({
        contentType: CONTENT_TYPES.control,
        payload: Buffer.from(JSON.stringify(report)),
        sentMs: time.isClockSet ? time.serverNowMs() : 0,
      });
      if (result === "refused") log.warn({ code }, "settings.report_refused");
    } catch (error) {
      log.debug({ reason: faultOf(error) }, "settings.report_waits");
    }
  }

  #hearTime(serverTimeMs: number): void {
    const { time, log } = this.#opened;
    time.heardServer(serverTimeMs);
    const isWrong = !time.isClockSet;
    if (isWrong && !this.#toldWrongClock) log.warn({ offsetMs: time.offsetMs }, "clock.wrong");
    this.#toldWrongClock = isWrong;
  }
}

const remotePart = ({ intervalSeconds, sensors, log, witness }: AgentConfig): RemoteSettings => ({
  intervalSeconds,
  sensors,
  log,
  witness,
});
