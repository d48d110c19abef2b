import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { access, type BodyOf, type QueryOf, ROLES, type Role } from "@gatehouse/contract";
import { isForeignKeyViolation, isUniqueViolation } from "../../../platform/database/index.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { Asking } from "../access/access-directory.ts";
import { type PermissionsContext, withinTenant } from "../context.ts";
import type { KnownPerson } from "../ports.ts";
import { assertCovers, assertCoversAccess } from "../roles/covers.ts";
import type { PermissionDatabase } from "../tables.ts";
import { isBuiltIn, scopeFields, scopeOf } from "./grant-row.ts";
import { GRANT_ONCE, GrantStore, type NamedGrant } from "./grant-store.ts";

const MAX_GRANTS_OF_PERSON = 200;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

/**
 * Which roles people have and where. Nobody gives more than they may do there themselves, changes somebody who may do
 * more than they, or changes their own.
 */
export class GrantService {
  readonly #context: PermissionsContext;

  constructor(context: PermissionsContext) {
    this.#context = context;
  }

  async of(tenantId: Uuid, personId: Uuid): Promise<access.PersonAccess> {
    const person = await this.#person(tenantId, personId);
    const { directory } = this.#context;
    const page = { offset: 0, limit: MAX_GRANTS_OF_PERSON };
    const { items } = await this.#store(tenantId).list({ person: personId }, page);
    return {
      personId,
      mainRole: person.role,
      everywhere: directory.isEverywhere(tenantId, personId, person.role),
      grants: await this.#view(tenantId, items),
      effective: access.viewAccess(this.#accessOf(tenantId, person)),
    };
  }

  async list(
    tenantId: Uuid,
    { offset, limit, ...filter }: QueryOf<typeof access.listGrants>,
  ): Promise<{ items: access.Grant[]; total: number }> {
    const page = { offset: Number(offset ?? 0), limit: Math.min(MAX_PAGE, Number(limit ?? DEFAULT_PAGE)) };
    const { items, total } = await this.#store(tenantId).list(filter, page);
    return { items: await this.#view(tenantId, items), total };
  }

  async setMainRole(
    principal: PersonPrincipal,
    personId: Uuid,
    { role, everywhere }: BodyOf<typeof access.setMainRole>,
  ): Promise<access.PersonAccess> {
    const { tenantId } = principal;
    const { db, audit, people, directory } = this.#context;
    const person = await this.#changeable(principal, personId);
    if (role === "owner" && !everywhere) throw new AppError("request.invalid", { field: "everywhere" });
    await this.assertMayGive(principal, role);
    await db.transaction().execute(async (tx) => {
      if (!(role === "owner" && everywhere)) await this.#assertOtherOwner(tenantId, personId);
      await people.setRole(tx, tenantId, personId, role);
      await new GrantStore(tx, tenantId).setEverywhere(personId, everywhere);
      await audit.record(tx, {
        kind: "permission.granted",
        tenantId,
        subject: { kind: "person", id: personId },
        data: { mainRole: role, everywhere, before: person.role },
      });
    });
    await directory.changed(tenantId, [personId]);
    return this.of(tenantId, personId);
  }

  async add(
    principal: PersonPrincipal,
    personId: Uuid,
    { role, scope }: BodyOf<typeof access.addGrant>,
  ): Promise<access.Grant> {
    const { tenantId } = principal;
    const { db, clock, random, audit, directory } = this.#context;
    await this.#changeable(principal, personId);
    const permissions = directory.permissionsOf(tenantId, role);
    if (permissions === undefined) throw new AppError("role.not_found");
    await this.#assertPlace(tenantId, scope);
    assertCovers(principal, permissions, scope, withinTenant(this.#context, tenantId));
    const { total } = await this.#store(tenantId).list({ person: personId }, { offset: 0, limit: 1 });
    if (total >= MAX_GRANTS_OF_PERSON)
      throw new AppError("limit.reached", { limit: MAX_GRANTS_OF_PERSON, what: "grants of a person" });
    const id = newUuid(clock, random);
    await db
      .transaction()
      .execute(async (tx) => {
        await new GrantStore(tx, tenantId).insert({
          id,
          person_id: personId,
          built_in: isBuiltIn(role) ? role : null,
          role_id: isBuiltIn(role) ? null : role,
          ...scopeFields(scope),
          granted_at: new Date(clock.nowMs()),
          granted_by: principal.name,
        });
        await audit.record(tx, {
          kind: "permission.granted",
          tenantId,
          subject: { kind: "person", id: personId },
          data: { grantId: id, role, scope },
        });
      })
      .catch((error: unknown) => {
        if (isUniqueViolation(error, GRANT_ONCE)) throw new AppError("grant.exists");
        if (isForeignKeyViolation(error)) throw new AppError("role.not_found");
        throw error;
      });
    await directory.changed(tenantId, [personId]);
    const { items } = await this.#store(tenantId).list({ person: personId }, { offset: 0, limit: 1 });
    const [made] = await this.#view(tenantId, items);
    return made as access.Grant;
  }

  async remove(principal: PersonPrincipal, personId: Uuid, grantId: Uuid): Promise<void> {
    const { tenantId } = principal;
    const { db, audit, directory } = this.#context;
    await this.#changeable(principal, personId);
    await db.transaction().execute(async (tx) => {
      const store = new GrantStore(tx, tenantId);
      const grant = await store.find(personId, grantId);
      if (grant === undefined) throw new AppError("grant.not_found");
      await store.remove(personId, grantId);
      await audit.record(tx, {
        kind: "permission.withdrawn",
        tenantId,
        subject: { kind: "person", id: personId },
        data: { grantId, role: grant.built_in ?? grant.role_id, scope: scopeOf(grant) },
      });
    });
    await directory.changed(tenantId, [personId]);
  }

  /** Refuses with role.exceeds_own or site.not_found. Without sites the role holds in the whole organisation. */
  async assertMayGive(principal: PersonPrincipal, role: Role, siteIds?: readonly Uuid[]): Promise<void> {
    const { tenantId } = principal;
    if (role === "owner" && siteIds !== undefined)
      throw new AppError("request.invalid", { field: "siteIds" });
    for (const scope of scopesOf(siteIds)) {
      await this.#assertPlace(tenantId, scope);
      assertCovers(principal, ROLES[role], scope, withinTenant(this.#context, tenantId));
    }
  }

  /** A new person's main role holds at these sites alone; in the transaction that makes the account. */
  async narrow(
    tx: PermissionDatabase,
    { tenantId, personId, role }: Asking,
    siteIds: readonly Uuid[],
    grantedBy: string | undefined,
  ): Promise<void> {
    const { clock, random, audit, directory } = this.#context;
    directory.unsettled(tenantId, personId);
    const store = new GrantStore(tx, tenantId);
    await store.setEverywhere(personId, false);
    for (const siteId of siteIds)
      await store.insert({
        id: newUuid(clock, random),
        person_id: personId,
        built_in: role,
        role_id: null,
        ...scopeFields({ kind: "site", siteId }),
        granted_at: new Date(clock.nowMs()),
        granted_by: grantedBy ?? "",
      });
    await audit.record(tx, {
      kind: "permission.granted",
      tenantId,
      subject: { kind: "person", id: personId },
      data: { mainRole: role, everywhere: false, sites: siteIds },
    });
  }

  /** Refuses with account.not_found, account.own or role.exceeds_own. */
  async #changeable(principal: PersonPrincipal, personId: Uuid): Promise<KnownPerson> {
    if (personId === principal.personId) throw new AppError("account.own");
    const person = await this.#person(principal.tenantId, personId);
    assertCoversAccess(principal, this.#accessOf(principal.tenantId, person));
    return person;
  }

  async #assertOtherOwner(tenantId: Uuid, personId: Uuid): Promise<void> {
    const { people, directory } = this.#context;
    const isOwner = ({ id, role, active }: KnownPerson): boolean =>
      active && role === "owner" && directory.isEverywhere(tenantId, id, role);
    const everybody = await people.list(tenantId);
    if (!everybody.some((one) => one.id !== personId && isOwner(one)))
      throw new AppError("account.last_owner");
  }

  async #assertPlace(tenantId: Uuid, scope: access.GrantScope): Promise<void> {
    const { places } = this.#context;
    if (scope.kind === "site" && !(await places.siteNames(tenantId)).has(scope.siteId))
      throw new AppError("site.not_found");
    if (scope.kind === "device" && places.siteOf(tenantId, scope.deviceId) === undefined)
      throw new AppError("device.not_found");
  }

  async #person(tenantId: Uuid, personId: Uuid): Promise<KnownPerson> {
    const person = await this.#context.people.find(tenantId, personId);
    if (person === undefined) throw new AppError("account.not_found");
    return person;
  }

  #accessOf(tenantId: Uuid, { id, role }: KnownPerson): access.Access {
    return this.#context.directory.accessOf({ tenantId, personId: id, role });
  }

  async #view(tenantId: Uuid, rows: readonly NamedGrant[]): Promise<access.Grant[]> {
    const { people, places } = this.#context;
    const [everybody, sites] = await Promise.all([people.list(tenantId), places.siteNames(tenantId)]);
    const names = new Map(everybody.map(({ id, name }) => [id, name]));
    return rows.map((row) => {
      const scope = scopeOf(row);
      const scopeName =
        scope.kind === "site"
          ? sites.get(scope.siteId)
          : scope.kind === "device"
            ? places.deviceName(tenantId, scope.deviceId)
            : undefined;
      return {
        id: row.id,
        personId: row.person_id,
        personName: names.get(row.person_id) ?? "",
        role: (row.built_in ?? row.role_id) as access.RoleRef,
        ...(row.role_name === null ? {} : { roleName: row.role_name }),
        scope,
        ...(scopeName === undefined ? {} : { scopeName }),
        grantedMs: row.granted_at.getTime(),
        grantedBy: row.granted_by,
      };
    });
  }

  #store(tenantId: Uuid): GrantStore {
    return new GrantStore(this.#context.db, tenantId);
  }
}

const scopesOf = (siteIds: readonly Uuid[] | undefined): readonly access.GrantScope[] =>
  siteIds === undefined ? [{ kind: "tenant" }] : siteIds.map((siteId) => ({ kind: "site", siteId }));
