import { isDeepStrictEqual } from "node:util";
import { AppError, type Clock, type Random, type Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { AnyDatabase } from "../../platform/database/index.ts";
import { openSecret, sealSecret } from "../../platform/secrets/index.ts";
import {
  assertSettings,
  completeSettings,
  DEFAULT_SETTINGS,
  isSameBroker,
  type SiteSettings,
} from "./model.ts";
import type { SettingsStore } from "./store.ts";

export interface SettingsDeps {
  readonly store: SettingsStore;
  /** 32-byte key for the sealed password. */
  readonly sealingKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly audit: AuditTrail;
}

type Alongside = (tx: AnyDatabase) => Promise<void>;

interface Held {
  readonly settings: SiteSettings;
  readonly sealedPassword: Uint8Array | null;
}

const sealContext = (tenantId: Uuid): string => `settings/${tenantId}/home-assistant-password`;

/** Settings of every tenant, in memory and in the database. */
export class SettingsService {
  readonly #deps: SettingsDeps;
  readonly #held = new Map<Uuid, Held>();
  /** One change at a time: two that touch different settings both hold. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const row of await this.#deps.store.all()) {
      this.#held.set(row.tenantId, {
        settings: completeSettings(row.choices),
        sealedPassword: row.homeAssistantPassword,
      });
    }
  }

  /** The password shows as an empty string. */
  get(tenantId: Uuid): SiteSettings {
    return this.#held.get(tenantId)?.settings ?? DEFAULT_SETTINGS;
  }

  tenants(): Uuid[] {
    return [...this.#held.keys()];
  }

  /** Empty when none is stored. Fails with secret.unreadable under another master key. */
  homeAssistantPassword(tenantId: Uuid): string {
    const sealed = this.#held.get(tenantId)?.sealedPassword ?? null;
    return sealed === null
      ? ""
      : Buffer.from(openSecret(this.#deps.sealingKey, sealed, sealContext(tenantId))).toString("utf8");
  }

  /**
   * Fails with settings.invalid, secret.required or url.forbidden and then changes nothing. What `alongside` writes is in
   * the same transaction.
   */
  update(tenantId: Uuid, change: Partial<SiteSettings>, alongside?: Alongside): Promise<SiteSettings> {
    const result = this.#turn.then(() => this.#update(tenantId, change, alongside));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #update(tenantId: Uuid, change: Partial<SiteSettings>, alongside?: Alongside): Promise<SiteSettings> {
    const { store, clock, random, bus, sealingKey, audit } = this.#deps;
    const before = this.#held.get(tenantId);
    const wanted = { ...this.get(tenantId), ...change };
    assertSettings(wanted);
    const password = change.homeAssistant?.password ?? "";
    const sealedPassword =
      password === ""
        ? keptPassword(before, wanted.homeAssistant)
        : sealSecret(sealingKey, password, sealContext(tenantId), random);
    const settings = { ...wanted, homeAssistant: { ...wanted.homeAssistant, password: "" } };
    const row = { tenantId, choices: settings, homeAssistantPassword: sealedPassword };
    const data = changesOf(this.get(tenantId), settings, password !== "");
    await store.save(row, clock.nowMs(), async (tx) => {
      await audit.record(tx, { kind: "settings.changed", tenantId, data });
      await alongside?.(tx);
    });
    this.#held.set(tenantId, { settings, sealedPassword });
    bus.publish("settings.changed", { tenantId });
    return settings;
  }
}

/**
 * The stored password stays with the broker it was entered for: whoever may change settings must not be able to
 * have it sent somewhere else. Without a user or an address none is sent, and it is forgotten.
 */
function keptPassword(before: Held | undefined, next: SiteSettings["homeAssistant"]): Uint8Array | null {
  const sealed = before?.sealedPassword ?? null;
  if (before === undefined || sealed === null) return null;
  if (isSameBroker(before.settings.homeAssistant, next)) return sealed;
  if (next.url === "" || next.user === "") return null;
  throw new AppError("secret.required", { setting: "homeAssistant.password" });
}

/** What the ledger keeps: settings with what they were and are, and whether a secret came in. */
function changesOf(
  before: SiteSettings,
  after: SiteSettings,
  hasNewSecret: boolean,
): Record<string, unknown> {
  const names = (Object.keys(after) as (keyof SiteSettings)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const changes = names.map((name) => [name, { from: before[name], to: after[name] }]);
  return { changes: Object.fromEntries(changes), ...(hasNewSecret ? { newSecret: true } : {}) };
}
