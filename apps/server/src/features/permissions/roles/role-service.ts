import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import {
  type access,
  type BodyOf,
  HOST_PERMISSIONS,
  type Permission,
  ROLE_NAMES,
  ROLES,
} from "@gatehouse/contract";
import { isForeignKeyViolation, isUniqueViolation } from "../../../platform/database/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type PermissionsContext, withinTenant } from "../context.ts";
import type { RoleRow } from "../tables.ts";
import { assertCovers, covers } from "./covers.ts";
import { GRANTS_ROLE, ROLE_NAME_UNIQUE, RoleStore } from "./role-store.ts";

type RoleBody = BodyOf<typeof access.createRole>;

/** Read as a list and chosen from a menu. */
const MAX_ROLES = 100;

/** Built-in roles and the organisation's own. Nobody makes one that allows more than they may do themselves. */
export class RoleService {
  readonly #context: PermissionsContext;

  constructor(context: PermissionsContext) {
    this.#context = context;
  }

  async list(principal: PersonPrincipal): Promise<access.RoleInfo[]> {
    const { tenantId } = principal;
    const { people, directory } = this.#context;
    const store = this.#store(tenantId);
    const [own, granted, everybody] = await Promise.all([
      store.list(),
      store.holders(),
      people.list(tenantId),
    ]);
    const count = (ref: string): number =>
      new Set([
        ...everybody.filter(({ role }) => role === ref).map(({ id }) => id),
        ...(granted.get(ref) ?? []),
      ]).size;
    const isHost = directory.isHost(tenantId);
    const builtIn = ROLE_NAMES.map((ref): access.RoleInfo => {
      const permissions = ROLES[ref].filter((one) => isHost || !HOST_PERMISSIONS.includes(one));
      return {
        ref,
        builtIn: true,
        permissions,
        people: count(ref),
        grantable: covers(principal, permissions, { kind: "tenant" }, withinTenant(this.#context, tenantId)),
      };
    });
    return [...builtIn, ...own.map((row) => this.#view(principal, row, count(row.id)))];
  }

  async create(principal: PersonPrincipal, body: RoleBody): Promise<access.RoleInfo> {
    const { tenantId } = principal;
    const { db, clock, random, audit, directory } = this.#context;
    assertCovers(principal, body.permissions, { kind: "tenant" }, withinTenant(this.#context, tenantId));
    const row = { id: newUuid(clock, random), ...fieldsOf(body), updated_at: new Date(clock.nowMs()) };
    if ((await this.#store(tenantId).list()).length >= MAX_ROLES)
      throw new AppError("limit.reached", { limit: MAX_ROLES, what: "roles" });
    await db
      .transaction()
      .execute(async (tx) => {
        await new RoleStore(tx, tenantId).insert(row);
        const { name, permissions } = row;
        await audit.record(tx, {
          kind: "role.created",
          tenantId,
          subject: { kind: "role", id: row.id },
          data: { name, permissions },
        });
      })
      .catch(refuseTakenName);
    await directory.changed(tenantId, []);
    return this.#view(principal, { ...row, tenant_id: tenantId }, 0);
  }

  /** What is taken out of a role may be more than the changer has; what is in it afterwards may not. */
  async update(
    principal: PersonPrincipal,
    id: Uuid,
    { updatedMs, ...body }: BodyOf<typeof access.updateRole>,
  ): Promise<access.RoleInfo> {
    const { tenantId } = principal;
    const { db, clock, audit, directory } = this.#context;
    assertCovers(principal, body.permissions, { kind: "tenant" }, withinTenant(this.#context, tenantId));
    const before = await this.#get(tenantId, id);
    const row = { id, ...fieldsOf(body), updated_at: new Date(Math.max(clock.nowMs(), updatedMs + 1)) };
    await db
      .transaction()
      .execute(async (tx) => {
        if (!(await new RoleStore(tx, tenantId).replace(row, new Date(updatedMs))))
          throw new AppError("request.conflict", { updatedMs: before.updated_at.getTime() });
        await audit.record(tx, {
          kind: "role.changed",
          tenantId,
          subject: { kind: "role", id },
          data: { name: row.name, added: without(row, before), removed: without(before, row) },
        });
      })
      .catch(refuseTakenName);
    await directory.changed(tenantId, "all");
    const holders = (await this.#store(tenantId).holders()).get(id)?.size ?? 0;
    return this.#view(principal, { ...row, tenant_id: tenantId }, holders);
  }

  async remove(principal: PersonPrincipal, id: Uuid): Promise<void> {
    const { tenantId } = principal;
    const { db, audit, directory } = this.#context;
    await db.transaction().execute(async (tx) => {
      const found = await new RoleStore(tx, tenantId).remove(id).catch((error: unknown) => {
        if (isForeignKeyViolation(error, GRANTS_ROLE)) throw new AppError("role.in_use");
        throw error;
      });
      if (!found) throw new AppError("role.not_found");
      await audit.record(tx, { kind: "role.removed", tenantId, subject: { kind: "role", id } });
    });
    await directory.changed(tenantId, []);
  }

  async #get(tenantId: Uuid, id: Uuid): Promise<RoleRow> {
    const row = await this.#store(tenantId).find(id);
    if (row === undefined) throw new AppError("role.not_found");
    return row;
  }

  #view(principal: PersonPrincipal, row: RoleRow, people: number): access.RoleInfo {
    const { tenantId } = principal;
    const permissions = row.permissions as Permission[];
    return {
      ref: row.id,
      builtIn: false,
      name: row.name,
      ...(row.description === "" ? {} : { description: row.description }),
      permissions,
      people,
      grantable: covers(principal, permissions, { kind: "tenant" }, withinTenant(this.#context, tenantId)),
      updatedMs: row.updated_at.getTime(),
    };
  }

  #store(tenantId: Uuid): RoleStore {
    return new RoleStore(this.#context.db, tenantId);
  }
}

const fieldsOf = ({ name, description = "", permissions }: RoleBody) => ({
  name,
  name_key: name.normalize("NFC").toLowerCase(),
  description,
  permissions: [...permissions],
});

const without = (a: Pick<RoleRow, "permissions">, b: Pick<RoleRow, "permissions">): string[] =>
  a.permissions.filter((permission) => !b.permissions.includes(permission));

function refuseTakenName(error: unknown): never {
  if (isUniqueViolation(error, ROLE_NAME_UNIQUE)) throw new AppError("role.name_taken");
  throw error;
}
