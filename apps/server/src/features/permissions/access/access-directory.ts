import type { Uuid } from "@gatehouse/base";
import { access, type Bus, holdsEverywhere, type Permission, ROLES, type Role } from "@gatehouse/contract";
import { isBuiltIn } from "../grants/grant-row.ts";
import type { PermissionDatabase } from "../tables.ts";
import { loadAccess, type StoredAccess } from "./access-store.ts";

/** Whose access is asked, with the main role that the accounts keep. */
export interface Asking {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
  readonly role: Role;
}

interface TenantAccess {
  readonly roles: ReadonlyMap<Uuid, readonly Permission[]>;
  readonly everywhere: ReadonlyMap<Uuid, boolean>;
  readonly grants: ReadonlyMap<Uuid, StoredAccess["grants"]>;
  /** By person and main role. */
  readonly computed: Map<string, access.Access>;
}

/** Invitations that are accepted at the same instant. */
const MAX_UNSETTLED = 10_000;

const NOTHING: TenantAccess = {
  roles: new Map(),
  everywhere: new Map(),
  grants: new Map(),
  computed: new Map(),
};

/**
 * What everybody may do, in memory for every request. A change is committed first, then read back here and said on
 * the bus, so that the next request and every open connection follow.
 */
export class AccessDirectory {
  readonly #db: PermissionDatabase;
  readonly #bus: Bus;
  readonly #tenants = new Map<Uuid, TenantAccess>();
  readonly #unsettled = new Map<Uuid, Uuid>();
  #hostId: Uuid | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(db: PermissionDatabase, bus: Bus) {
    this.#db = db;
    this.#bus = bus;
  }

  /** `hostId`: the installation's first organisation. */
  async load(tenantIds: readonly Uuid[], hostId: Uuid | undefined): Promise<void> {
    this.#hostId = hostId;
    for (const tenantId of tenantIds) await this.#read(tenantId);
  }

  /** An organisation that has just been made; the first one is the host. */
  added(tenantId: Uuid): void {
    this.#hostId ??= tenantId;
  }

  isHost(tenantId: Uuid): boolean {
    return tenantId === this.#hostId;
  }

  accessOf({ tenantId, personId, role }: Asking): access.Access {
    if (this.#unsettled.has(personId)) {
      this.#read(tenantId).catch(() => undefined);
      return access.effectiveAccess([], false);
    }
    const tenant = this.#tenants.get(tenantId) ?? NOTHING;
    const key = `${personId}/${role}`;
    const known = tenant.computed.get(key);
    if (known !== undefined) return known;
    const held: access.HeldRole[] = (tenant.grants.get(personId) ?? []).map(({ role: ref, scope }) => ({
      permissions: isBuiltIn(ref) ? ROLES[ref] : (tenant.roles.get(ref) ?? []),
      scope,
    }));
    if (this.isEverywhere(tenantId, personId, role))
      held.push({ permissions: ROLES[role], scope: { kind: "tenant" } });
    const computed = access.effectiveAccess(held, this.isHost(tenantId));
    if (tenant !== NOTHING) tenant.computed.set(key, computed);
    return computed;
  }

  /** Whose main role is being narrowed in a transaction that this memory will not hear of: has nothing until it is read. */
  unsettled(tenantId: Uuid, personId: Uuid): void {
    const [oldest] = this.#unsettled.size < MAX_UNSETTLED ? [] : this.#unsettled;
    if (oldest !== undefined) {
      this.#unsettled.delete(oldest[0]);
      this.#read(oldest[1]).catch(() => undefined);
    }
    this.#unsettled.set(personId, tenantId);
    this.#tenants.get(tenantId)?.computed.clear();
  }

  /** Whether the person's main role holds in the whole organisation. */
  isEverywhere(tenantId: Uuid, personId: Uuid, role: Role): boolean {
    return this.#tenants.get(tenantId)?.everywhere.get(personId) ?? holdsEverywhere(role);
  }

  /** Undefined for a role that this organisation does not have. */
  permissionsOf(tenantId: Uuid, ref: access.RoleRef): readonly Permission[] | undefined {
    return isBuiltIn(ref) ? ROLES[ref] : this.#tenants.get(tenantId)?.roles.get(ref);
  }

  /** After a commit: reads back what is stored, then tells everybody whose connections must follow. */
  async changed(tenantId: Uuid, personIds: "all" | readonly Uuid[]): Promise<void> {
    await this.#read(tenantId);
    this.#bus.publish("access.changed", { tenantId, personIds });
  }

  /** One reading after the other, so that the last one is the newest. */
  #read(tenantId: Uuid): Promise<void> {
    const next = this.#turn.then(async () => {
      const { roles, main, grants } = await loadAccess(this.#db, tenantId);
      this.#tenants.set(tenantId, {
        roles: new Map(roles.map(({ id, permissions }) => [id, permissions])),
        everywhere: new Map(main.map(({ personId, everywhere }) => [personId, everywhere])),
        grants: Map.groupBy(grants, ({ personId }) => personId),
        computed: new Map(),
      });
      for (const { personId } of main) this.#unsettled.delete(personId);
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }
}
