import { AppError, type Clock, type Logger, type Uuid } from "@gatehouse/base";
import type { access, BodyOf, Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import type { Accounts, Inventory, KnownTenant, Names } from "./ports.ts";
import { deleteSuspension, loadSuspensions, putSuspension, type Suspension } from "./store.ts";
import type { TenantDatabase } from "./tables.ts";

export interface TenantsDeps {
  readonly db: TenantDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly audit: AuditTrail;
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly names: Names;
  isHost(tenantId: Uuid): boolean;
}

const MAX_TENANTS = 500;
const fold = (name: string): string => name.normalize("NFC").trim().toLowerCase();

/** The organisations of an installation, from outside: the host makes, renames and suspends them, and sees nothing inside. */
export class TenantService {
  readonly #deps: TenantsDeps;
  #suspended: ReadonlyMap<Uuid, Suspension> = new Map();
  /** One founding or renaming at a time, so that a name is taken once. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: TenantsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#suspended = await loadSuspensions(this.#deps.db);
  }

  /** From memory, at every request and every log-in of a device. */
  isSuspended(tenantId: Uuid): boolean {
    return this.#suspended.has(tenantId);
  }

  async list(): Promise<access.Tenant[]> {
    const tenants = await this.#deps.accounts.tenants();
    return Promise.all(tenants.map((tenant) => this.#view(tenant)));
  }

  /** An organisation whose first owner could not be invited is taken back. */
  create(principal: PersonPrincipal, body: BodyOf<typeof access.createTenant>): Promise<access.Tenant> {
    return this.#inTurn(async () => {
      const { accounts, audit } = this.#deps;
      const { name, language, owner } = body;
      await this.#assertFree(name);
      const kept = { tenantId: principal.tenantId };
      const tenantId = await accounts.found({ organisation: name, language }, (tx, id) =>
        audit.record(tx, { ...kept, kind: "tenant.created", subject: subjectOf(id), data: { language } }),
      );
      try {
        await accounts.inviteOwner(tenantId, owner);
      } catch (error) {
        await accounts.remove(tenantId, (tx) =>
          audit.record(tx, {
            ...kept,
            kind: "tenant.changed",
            subject: subjectOf(tenantId),
            data: { removed: true, why: "the owner could not be invited" },
          }),
        );
        throw error;
      }
      return this.#get(tenantId);
    });
  }

  rename(principal: PersonPrincipal, tenantId: Uuid, name: string): Promise<access.Tenant> {
    return this.#inTurn(async () => {
      const { names } = this.#deps;
      const before = names.get(tenantId);
      await this.#assertFree(name, tenantId);
      // The name is a setting, whose change the organisation's own ledger keeps; this entry is the host's.
      await names.set(tenantId, name, (tx) => this.#record(tx, principal, tenantId, { name, before }));
      return this.#get(tenantId);
    });
  }

  async suspend(principal: PersonPrincipal, tenantId: Uuid, reason: string): Promise<access.Tenant> {
    const { db, clock, bus, inventory, isHost, log } = this.#deps;
    if (isHost(tenantId)) throw new AppError("tenant.host");
    await db.transaction().execute(async (tx) => {
      await putSuspension(tx, tenantId, { sinceMs: clock.nowMs(), reason });
      await this.#record(tx, principal, tenantId, { suspended: true, reason });
    });
    await this.start();
    bus.publish("tenant.suspended", { tenantId });
    for (const deviceId of inventory.deviceIds(tenantId))
      bus.publish("device.credentials_ended", { tenantId, deviceId });
    log.warn({ tenantId }, "tenant.suspended");
    return this.#get(tenantId);
  }

  async resume(principal: PersonPrincipal, tenantId: Uuid): Promise<access.Tenant> {
    const { db, bus, log } = this.#deps;
    await db.transaction().execute(async (tx) => {
      await deleteSuspension(tx, tenantId);
      await this.#record(tx, principal, tenantId, { suspended: false });
    });
    await this.start();
    bus.publish("tenant.resumed", { tenantId });
    log.info({ tenantId }, "tenant.resumed");
    return this.#get(tenantId);
  }

  async has(tenantId: Uuid): Promise<boolean> {
    return (await this.#deps.accounts.tenants()).some(({ id }) => id === tenantId);
  }

  async #get(tenantId: Uuid): Promise<access.Tenant> {
    const found = (await this.#deps.accounts.tenants()).find(({ id }) => id === tenantId);
    if (found === undefined) throw new AppError("tenant.not_found");
    return this.#view(found);
  }

  async #view({ id, createdMs, people }: KnownTenant): Promise<access.Tenant> {
    const { names, inventory, isHost } = this.#deps;
    const suspension = this.#suspended.get(id);
    return {
      id,
      name: names.get(id),
      host: isHost(id),
      createdMs,
      ...(suspension === undefined
        ? {}
        : { suspendedMs: suspension.sinceMs, suspendedReason: suspension.reason }),
      people,
      sites: await inventory.countSites(id),
      devices: inventory.deviceIds(id).length,
    };
  }

  async #assertFree(name: string, except?: Uuid): Promise<void> {
    const { accounts, names } = this.#deps;
    const others = (await accounts.tenants()).filter(({ id }) => id !== except);
    if (others.some(({ id }) => fold(names.get(id)) === fold(name))) throw new AppError("tenant.name_taken");
    if (except === undefined && others.length >= MAX_TENANTS)
      throw new AppError("limit.reached", { limit: MAX_TENANTS, what: "organisations" });
  }

  #record(
    tx: TenantDatabase,
    { tenantId: hostId }: PersonPrincipal,
    tenantId: Uuid,
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const event = { kind: "tenant.changed", tenantId: hostId, subject: subjectOf(tenantId), data } as const;
    return this.#deps.audit.record(tx, event);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

const subjectOf = (tenantId: Uuid) => ({ kind: "tenant", id: tenantId });
