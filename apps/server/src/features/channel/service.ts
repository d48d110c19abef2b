import type { Clock, Logger, Random, Timer, Uuid } from "@gatehouse/base";
import { newUuid } from "@gatehouse/base";
import type { Bus, channel } from "@gatehouse/contract";
import type { TrustRoot } from "@gatehouse/secure-channel";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import { deriveKey, ensurePrivateFolder, type MasterKey } from "../../platform/secrets/index.ts";
import { BundleDirectory } from "./bundles/bundle-directory.ts";
import { BundleService, fingerprintOf } from "./bundles/bundle-service.ts";
import { KeyChanger } from "./bundles/key-change.ts";
import { LastUse } from "./bundles/last-use.ts";
import { type ChannelContext, getDevice } from "./context.ts";
import { EnrolmentService } from "./enrolment/enrolment-service.ts";
import { GroupService } from "./enrolment/group-service.ts";
import { EnrolmentNonces } from "./enrolment/nonce.ts";
import { findLastRecovery, insertRecovery, type Recovery } from "./keys/recovery-store.ts";
import { channelFolder, type FoundRestore, RestoreWatch } from "./keys/restore-watch.ts";
import { RevocationList } from "./keys/revocation-list.ts";
import { Revocations } from "./keys/revocations.ts";
import { ServerKeys } from "./keys/server-keys.ts";
import { trustRootOf } from "./keys/trust-root.ts";
import { PolicyService } from "./policy/policy-service.ts";
import type { DeviceInventory, PeopleSessions } from "./ports.ts";
import type { ChannelDatabase } from "./tables.ts";

export interface ChannelDeps {
  readonly db: ChannelDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly dataDir: string;
  readonly devices: DeviceInventory;
  readonly people: PeopleSessions;
  readonly audit: AuditTrail;
  readonly controls?: Controls;
  /** Our own certificate authority, when devices meet it. */
  caPem(): string | undefined;
}

/** Times of use: what a crash may lose of them. */
const FLUSH_MS = 10_000;

/** The parts of the slice, and their life. Nothing may be asked before `start`. */
export class ChannelHouse {
  readonly context: ChannelContext;
  readonly root: TrustRoot;
  readonly serverKeys: ServerKeys;
  readonly directory: BundleDirectory;
  readonly policy: PolicyService;
  readonly groups: GroupService;
  readonly lastUse: LastUse;
  readonly #deps: ChannelDeps;
  #parts: Started | undefined;
  #lastRecovery: Recovery | undefined;
  #flush: Timer | undefined;

  constructor(deps: ChannelDeps) {
    const { db, clock, random, bus, log, devices, masterKey, audit, controls = ALL_ON } = deps;
    this.#deps = deps;
    this.context = { db, clock, random, bus, log, devices, controls, audit };
    this.root = trustRootOf(masterKey);
    this.serverKeys = new ServerKeys({
      context: this.context,
      root: this.root,
      sealKey: deriveKey(masterKey, "channel/server-keys"),
    });
    this.directory = new BundleDirectory(this.context);
    this.policy = new PolicyService(this.context, this.directory);
    this.groups = new GroupService(this.context, deriveKey(masterKey, "channel/groups"));
    this.lastUse = new LastUse(db);
  }

  get list(): RevocationList {
    return this.#started().list;
  }

  get revocations(): Revocations {
    return this.#started().revocations;
  }

  get bundles(): BundleService {
    return this.#started().bundles;
  }

  get keyChanger(): KeyChanger {
    return this.#started().keyChanger;
  }

  get enrolment(): EnrolmentService {
    return this.#started().enrolment;
  }

  /** What was revoked is ended before anybody can connect, also after a restore. */
  async start(): Promise<void> {
    const { db, clock, random, masterKey, dataDir } = this.#deps;
    const folder = channelFolder(dataDir);
    await ensurePrivateFolder(folder);
    const list = await RevocationList.open({ folder, root: this.root, clock, random });
    const parts = this.#make(
      list,
      new EnrolmentNonces(deriveKey(masterKey, "channel/nonces"), clock, random),
    );
    this.#parts = parts;
    const watch = new RestoreWatch({ folder, db, clock, random });
    if ((await watch.find()) !== undefined) await this.#recover(parts.revocations);
    else await parts.revocations.apply();
    await this.serverKeys.load();
    await watch.settle();
    this.#lastRecovery = await findLastRecovery(db);
    await this.policy.load();
    await this.directory.start();
    this.#flush = clock.every(FLUSH_MS, () => this.#flushInBackground());
  }

  /** Before `start`, which ends it: whether the database is an older one than at the last start. */
  findRestore(): Promise<FoundRestore | undefined> {
    const { db, clock, random, dataDir } = this.#deps;
    return new RestoreWatch({ folder: channelFolder(dataDir), db, clock, random }).find();
  }

  async stop(): Promise<void> {
    this.#flush?.cancel();
    this.directory.stop();
    await this.lastUse.flush();
  }

  get lastRecovery(): Recovery | undefined {
    return this.#lastRecovery;
  }

  async viewDevice(tenantId: Uuid, deviceId: Uuid): Promise<channel.DeviceSecurity> {
    const keys = await this.bundles.list(tenantId, deviceId);
    await this.directory.reload(deviceId);
    const facts = this.directory.factsOf(deviceId);
    const { suites, requiredTypes } = this.policy.of(tenantId);
    const { typeId } = getDevice(this.context, tenantId, deviceId);
    const { enrolment, lastHandshakeMs, pinned, exemption } = facts ?? {};
    const isExempt = exemption !== undefined && exemption.untilMs > this.context.clock.nowMs();
    return {
      keys,
      ...(enrolment === undefined ? {} : { enrolment: { ...enrolment, words: [...enrolment.words] } }),
      ...(lastHandshakeMs === undefined ? {} : { lastHandshakeMs }),
      ...(pinned === undefined ? {} : { pin: pinned }),
      policy: {
        suites: [...suites],
        required: requiredTypes.includes(typeId),
        ...(isExempt ? { exemptUntilMs: exemption.untilMs } : {}),
      },
    };
  }

  viewChannel(tenantId: Uuid): channel.ChannelState {
    const { suites, requiredTypes } = this.policy.of(tenantId);
    const { version, size, issuedMs } = this.list;
    return {
      rootFingerprint: fingerprintOf(this.root.publicKey.raw),
      serverKeys: this.serverKeys.list().map(({ bundle, state, notBeforeMs, notAfterMs }) => ({
        suite: bundle.suite,
        keyId: bundle.keyId,
        fingerprint: fingerprintOf(bundle.agreement.raw),
        state,
        notBeforeMs,
        notAfterMs,
      })),
      revocations: { version, entries: size, issuedMs },
      ...(this.#lastRecovery === undefined ? {} : { recovery: { ...this.#lastRecovery } }),
      suites: [...suites],
      requiredTypes: [...requiredTypes],
      exceptions: this.policy.exceptions(tenantId),
    };
  }

  #make(list: RevocationList, nonces: EnrolmentNonces): Started {
    const { context, root, serverKeys, directory, policy, groups, lastUse } = this;
    const revocations = new Revocations(context, list);
    const bundles = new BundleService({ context, directory, revocations, lastUse });
    const keyChanger = new KeyChanger({ context, bundles, directory, serverKeys, revocations, policy });
    const caPem = (): string | undefined => this.#deps.caPem();
    const enrolment = new EnrolmentService({
      ...{ context, root, nonces, serverKeys, groups, bundles, policy, caPem },
    });
    return { list, revocations, bundles, keyChanger, enrolment };
  }

  /** The database is an older one than it was: what has ended since must not live again. */
  async #recover(revocations: Revocations): Promise<void> {
    const { db, clock, random, devices, people, log } = this.#deps;
    await this.serverKeys.renewAll();
    await devices.endClaims();
    await people.endAll();
    const revoked = await revocations.apply();
    const recovery = { atMs: clock.nowMs(), revoked };
    await insertRecovery(db, newUuid(clock, random), recovery);
    log.warn(recovery, "channel.recovered_after_restore");
  }

  #flushInBackground(): void {
    this.lastUse
      .flush()
      .catch((error: unknown) => this.context.log.warn({ err: error }, "channel.flush_failed"));
  }

  #started(): Started {
    if (this.#parts === undefined) throw new Error("the channel is not started");
    return this.#parts;
  }
}

interface Started {
  readonly list: RevocationList;
  readonly revocations: Revocations;
  readonly bundles: BundleService;
  readonly keyChanger: KeyChanger;
  readonly enrolment: EnrolmentService;
}
