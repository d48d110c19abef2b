import type { Clock, Logger, Random, Timer, Uuid } from "@gatehouse/base";
import type { Bus, BusMessages } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { DeviceGate } from "../../platform/http/principal.ts";
import type { Resources } from "../../platform/http/resources.ts";
import { deriveKey, type MasterKey } from "../../platform/secrets/index.ts";
import { AssignmentService } from "./assignments/assignment-service.ts";
import { ClaimService } from "./claims/claim-service.ts";
import { CommandPoll } from "./commands/command-poll.ts";
import { CommandService } from "./commands/command-service.ts";
import { StateConfirmation } from "./commands/state-confirmation.ts";
import type { DevicesContext } from "./context.ts";
import { DeviceAuthenticator } from "./credentials/authenticator.ts";
import { type CertificateIssuer, CredentialService } from "./credentials/credential-service.ts";
import { createDeviceGate } from "./credentials/device-gate.ts";
import { ExpiryWatch } from "./credentials/expiry-watch.ts";
import { LastUsed } from "./credentials/last-used.ts";
import { RevocationService } from "./credentials/revocation-service.ts";
import { DeviceLog } from "./device-log/device-log.ts";
import { LogService } from "./device-log/log-service.ts";
import { OccurrenceLog } from "./device-log/occurrences.ts";
import { DeviceDirectory } from "./directory/directory.ts";
import { GrantService } from "./grants/grant-service.ts";
import { Discovery } from "./inventory/discovery.ts";
import { InventoryService, type LastValues } from "./inventory/inventory-service.ts";
import { OpenMetrics } from "./inventory/open-metrics.ts";
import { OverviewService } from "./overview.ts";
import type { Revocations, TrustBoard } from "./ports.ts";
import { PresenceBoard } from "./presence/presence.ts";
import { RefusalCounter } from "./refusals/refusal-counter.ts";
import { deviceResources } from "./resources.ts";
import { SiteService } from "./sites/site-service.ts";
import type { DevicesDatabase } from "./tables.ts";

export interface DevicesDeps {
  readonly db: DevicesDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly issuer: CertificateIssuer;
  readonly controls?: Controls;
  readonly lastValues: LastValues;
  readonly revocations: Revocations;
  readonly audit: AuditTrail;
  /** Absent where nothing is judged. */
  readonly trust?: TrustBoard;
  /** Where people and devices reach this installation, without a slash at the end. */
  publicUrl(): string;
  retentionLogDays(tenantId: Uuid): number;
}

const TICK_MS = 1_000;
/** Counts and times of use: what a crash may lose of them. */
const FLUSH_MS = 10_000;

/** The parts of the slice, and their life. */
export class DeviceHouse {
  readonly context: DevicesContext;
  readonly directory: DeviceDirectory;
  readonly presence: PresenceBoard;
  readonly authenticator: DeviceAuthenticator;
  readonly gate: DeviceGate;
  readonly resources: Resources;
  readonly sites: SiteService;
  readonly inventory: InventoryService;
  readonly assignments: AssignmentService;
  readonly credentials: CredentialService;
  readonly revocation: RevocationService;
  readonly claims: ClaimService;
  readonly grants: GrantService;
  readonly commands: CommandService;
  #confirmation: StateConfirmation | undefined;
  readonly poll: CommandPoll;
  readonly logs: LogService;
  readonly refusals: RefusalCounter;
  readonly discovery: Discovery;
  readonly overview: OverviewService;
  readonly #deviceLog: DeviceLog;
  readonly occurrences: OccurrenceLog;
  readonly #openMetrics: OpenMetrics;
  readonly #lastUsed: LastUsed;
  readonly #expiry: ExpiryWatch;
  readonly #timers: Timer[] = [];
  readonly #subscriptions: (() => void)[] = [];

  constructor(deps: DevicesDeps) {
    const { db, clock, random, bus, log, controls = ALL_ON } = deps;
    const sealKey = deriveKey(deps.masterKey, "devices/credentials");
    this.directory = new DeviceDirectory(db);
    this.presence = new PresenceBoard({ db, clock, bus, log });
    this.#deviceLog = new DeviceLog({ db, clock, bus, log, directory: this.directory });
    this.context = {
      db,
      clock,
      random,
      bus,
      log,
      sealKey,
      directory: this.directory,
      presence: this.presence,
      deviceLog: this.#deviceLog,
      revocations: deps.revocations,
      audit: deps.audit,
      announced: new WeakSet(),
      publicUrl: () => deps.publicUrl(),
    };
    this.#lastUsed = new LastUsed(db);
    this.#expiry = new ExpiryWatch(clock, bus);
    this.authenticator = new DeviceAuthenticator({
      directory: this.directory,
      clock,
      sealKey,
      controls,
      used: (credentialId, atMs) => this.#lastUsed.note(credentialId, atMs),
    });
    this.gate = createDeviceGate({
      authenticator: this.authenticator,
      bus,
      clock,
      heard: (deviceId, address) => this.presence.heard(deviceId, clock.nowMs(), { via: "http", address }),
      unproven: (device, detail) => this.occurrences.loginUnproven(device, detail),
    });
    this.resources = deviceResources(this.context);
    this.sites = new SiteService(this.context);
    this.credentials = new CredentialService(this.context, deps.issuer, this.#lastUsed);
    this.commands = new CommandService(this.context);
    this.poll = new CommandPoll(this.commands, clock, bus);
    this.revocation = new RevocationService(this.context, this.credentials, this.commands);
    this.claims = new ClaimService(this.context, this.credentials);
    this.grants = new GrantService(this.context);
    this.inventory = new InventoryService({
      context: this.context,
      credentials: this.credentials,
      revocation: this.revocation,
      claims: this.claims,
      lastValues: deps.lastValues,
      trust: deps.trust,
    });
    this.assignments = new AssignmentService(this.context);
    this.discovery = new Discovery(this.context, this.inventory);
    this.logs = new LogService(this.context);
    this.refusals = new RefusalCounter(db, clock, this.directory);
    this.overview = new OverviewService(this.context);
    this.#openMetrics = new OpenMetrics(this.context);
    this.occurrences = new OccurrenceLog(clock, this.#deviceLog);
  }

  /** Subscribes before anything else starts to speak, and takes the fleet into memory. */
  async start(): Promise<void> {
    const { clock } = this.context;
    await this.directory.load();
    await this.assignments.load();
    await this.presence.load(this.directory.records());
    for (const record of this.directory.records()) this.#expiry.put(record.deviceId, record);
    this.directory.watch((deviceId, record) => {
      this.#expiry.put(deviceId, record);
      if (record === undefined) {
        this.presence.remove(deviceId);
        this.assignments.drop(deviceId);
      } else this.presence.put(record);
    });
    this.#subscribe();
    await this.commands.start();
    this.#confirmation = new StateConfirmation({
      ...this.context,
      acknowledge: (deviceId, commandId) => this.commands.answered(deviceId, commandId, true),
    });
    this.presence.start();
    this.#expiry.start();
    this.overview.start();
    this.#timers.push(
      clock.every(TICK_MS, () => this.occurrences.tick()),
      clock.every(FLUSH_MS, () => this.#flushInBackground()),
    );
  }

  /** Everything counted and noted is in the database afterwards. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const timer of this.#timers) timer.cancel();
    this.poll.stop();
    this.#expiry.stop();
    this.overview.stop();
    this.#confirmation?.stop();
    await this.commands.stop();
    await this.presence.stop();
    await this.flush();
  }

  async flush(): Promise<void> {
    await this.#openMetrics.flush();
    await this.#lastUsed.flush();
    await this.refusals.flush();
    await this.#deviceLog.flush();
  }

  #subscribe(): void {
    const { bus } = this.context;
    this.#subscriptions.push(
      bus.subscribe("readings.stored", (message) => this.#heard(message)),
      bus.subscribe("readings.held", (message) => this.#heard(message)),
      bus.subscribe("device.connected", ({ deviceId, via, address, atMs }) =>
        this.presence.connected(deviceId, atMs, { via, address }),
      ),
      bus.subscribe("device.disconnected", ({ deviceId }) => this.presence.disconnected(deviceId)),
      bus.subscribe("message.refused", (message) => this.refusals.refused(message)),
      bus.subscribe("device.changed", (message) => {
        if (!this.context.announced.has(message)) this.#reloadInBackground(message.deviceId);
      }),
      this.#openMetrics.subscribe(),
      ...this.occurrences.subscribe(bus),
    );
  }

  #heard({ readings }: BusMessages["readings.stored"]): void {
    for (const { deviceId, receivedMs } of readings) {
      this.presence.heard(deviceId, receivedMs);
      this.refusals.accepted(deviceId, 1);
    }
  }

  /** Another process changed the device. */
  #reloadInBackground(deviceId: Uuid): void {
    this.directory
      .reload(deviceId)
      .catch((error: unknown) => this.context.log.warn({ deviceId, err: error }, "devices.reload_failed"));
  }

  #flushInBackground(): void {
    this.logs.sweep();
    this.flush().catch((error: unknown) => this.context.log.warn({ err: error }, "devices.flush_failed"));
  }
}
