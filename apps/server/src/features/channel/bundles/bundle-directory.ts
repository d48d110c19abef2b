import type { UnixMs, Uuid } from "@gatehouse/base";
import { importPublicBundle, type PublicBundle } from "@gatehouse/secure-channel";
import type { ChannelContext } from "../context.ts";
import { type DeviceFacts, listDeviceFacts } from "../policy/policy-store.ts";
import { type BundleRow, listBundles } from "./bundle-store.ts";

interface HeldBundle extends Pick<BundleRow, "keyId" | "tenantId" | "deviceId" | "validUntilMs"> {
  readonly row: BundleRow;
  /** Imported at its first use: a fleet that sleeps costs no start time. */
  imported: PublicBundle | undefined;
}

interface HeldDevice {
  readonly facts: DeviceFacts | undefined;
  readonly keyIds: readonly string[];
}

const ENDED_EVERY_MS = 500;

/** A key that a message may be signed with now. */
export interface UsableBundle {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly bundle: PublicBundle;
}

/**
 * Every usable key and what the channel knows of its device, in memory: no message costs a query. A change is
 * committed first, then read back by `reload`; there is no other way in.
 */
export class BundleDirectory {
  readonly #context: ChannelContext;
  readonly #bundles = new Map<string, HeldBundle>();
  readonly #devices = new Map<Uuid, HeldDevice>();
  /** Keys that end by themselves. */
  readonly #overlaps = new Set<HeldBundle>();
  readonly #reloads = new Map<Uuid, Promise<void>>();
  readonly #stops: (() => void)[] = [];

  constructor(context: ChannelContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { db, bus, clock } = this.#context;
    const byDevice = Map.groupBy(await listBundles(db), ({ deviceId }) => deviceId);
    const facts = new Map((await listDeviceFacts(db)).map((one) => [one.deviceId, one]));
    for (const deviceId of new Set([...byDevice.keys(), ...facts.keys()]))
      this.#put(deviceId, byDevice.get(deviceId) ?? [], facts.get(deviceId));
    const sweep = clock.every(ENDED_EVERY_MS, () => this.#endOverlaps());
    this.#stops.push(
      () => sweep.cancel(),
      bus.subscribe("device.changed", ({ deviceId, change }) => {
        if (change === "removed") this.#drop(deviceId);
      }),
    );
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Undefined when the key is unknown, revoked or over, or its device is revoked. */
  find(keyId: string): UsableBundle | undefined {
    const held = this.#bundles.get(keyId);
    if (held === undefined || isOver(held, this.#context.clock.nowMs())) return undefined;
    if (this.#context.devices.find(held.deviceId)?.revoked !== false) return undefined;
    const { suite, agreementKey, signingKey } = held.row;
    held.imported ??= importPublicBundle(suite, agreementKey, signingKey);
    return held.imported && { tenantId: held.tenantId, deviceId: held.deviceId, bundle: held.imported };
  }

  factsOf(deviceId: Uuid): DeviceFacts | undefined {
    return this.#devices.get(deviceId)?.facts;
  }

  /** The public keys that the device may use now. */
  keysOf(deviceId: Uuid): Pick<BundleRow, "keyId" | "suite" | "agreementKey" | "signingKey">[] {
    const nowMs = this.#context.clock.nowMs();
    return (this.#devices.get(deviceId)?.keyIds ?? []).flatMap((keyId) => {
      const held = this.#bundles.get(keyId);
      return held === undefined || isOver(held, nowMs) ? [] : [held.row];
    });
  }

  allFacts(): DeviceFacts[] {
    return [...this.#devices.values()].flatMap(({ facts }) => facts ?? []);
  }

  /** Takes over what the database says. Reloads of one device run one after the other. */
  reload(deviceId: Uuid): Promise<void> {
    const run = async (): Promise<void> => {
      const { db } = this.#context;
      const [rows, [facts]] = await Promise.all([listBundles(db, deviceId), listDeviceFacts(db, deviceId)]);
      this.#put(deviceId, rows, facts);
    };
    const next = (this.#reloads.get(deviceId) ?? Promise.resolve()).then(run, run);
    this.#reloads.set(deviceId, next);
    const forget = (): void => {
      if (this.#reloads.get(deviceId) === next) this.#reloads.delete(deviceId);
    };
    next.then(forget, forget);
    return next;
  }

  #put(deviceId: Uuid, rows: readonly BundleRow[], facts: DeviceFacts | undefined): void {
    const imported = new Map<string, PublicBundle | undefined>();
    for (const keyId of this.#devices.get(deviceId)?.keyIds ?? [])
      imported.set(keyId, this.#bundles.get(keyId)?.imported);
    this.#drop(deviceId);
    const usable = rows.filter(({ revokedMs }) => revokedMs === undefined);
    if (usable.length === 0 && facts === undefined) return;
    for (const row of usable) {
      const { keyId, tenantId, validUntilMs } = row;
      const held = { keyId, tenantId, deviceId, validUntilMs, row, imported: imported.get(keyId) };
      this.#bundles.set(keyId, held);
      if (validUntilMs !== undefined) this.#overlaps.add(held);
    }
    this.#devices.set(deviceId, { facts, keyIds: usable.map(({ keyId }) => keyId) });
  }

  #drop(deviceId: Uuid): void {
    for (const keyId of this.#devices.get(deviceId)?.keyIds ?? []) {
      const held = this.#bundles.get(keyId);
      if (held !== undefined) this.#overlaps.delete(held);
      this.#bundles.delete(keyId);
    }
    this.#devices.delete(deviceId);
  }

  /** Sessions of a key end with its overlap. */
  #endOverlaps(): void {
    const nowMs = this.#context.clock.nowMs();
    for (const held of this.#overlaps) {
      if (!isOver(held, nowMs)) continue;
      this.#overlaps.delete(held);
      const { tenantId, deviceId, keyId } = held;
      this.#context.bus.publish("device.credentials_ended", { tenantId, deviceId, credentialIds: [keyId] });
    }
  }
}

const isOver = ({ validUntilMs }: HeldBundle, nowMs: UnixMs): boolean =>
  validUntilMs !== undefined && validUntilMs <= nowMs;
