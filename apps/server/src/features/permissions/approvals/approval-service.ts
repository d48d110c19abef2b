import { AppError, isAppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import type { AnyEndpoint, access, FourEyesAct, QueryOf } from "@gatehouse/contract";
import { Check } from "typebox/value";
import { askedBy } from "../../../platform/audit/index.ts";
import { isUniqueViolation } from "../../../platform/database/index.ts";
import { assertMay } from "../../../platform/http/authorise.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { Resources } from "../../../platform/http/resources.ts";
import type { Call, Route } from "../../../platform/http/route.ts";
import type { Acts, HeldAct, SecondPerson } from "../../../platform/http/second-person.ts";
import { deriveKey, sha256Hex } from "../../../platform/secrets/index.ts";
import type { PermissionsContext } from "../context.ts";
import type { KnownPerson } from "../ports.ts";
import type { ApprovalRow } from "../tables.ts";
import { ApprovalStore, WAITING_ONCE } from "./approval-store.ts";
import { type AskedAct, seal, unseal } from "./asked-act.ts";
import type { PolicyBoard } from "./policy-board.ts";
import { viewApproval } from "./view.ts";

const DAY_MS = 86_400_000;
const EXPIRES_AFTER_MS = 7 * DAY_MS;
const MAX_WAITING = 200;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
/** Rows looked through for one page of what an asker may see. */
const MAX_SCANNED = 1_000;

/** What only the mounted application knows. */
export interface Mounted {
  readonly acts: Acts;
  readonly resources: Resources;
}

type Via = Pick<Call<AnyEndpoint>, "request" | "reply" | "address">;

/**
 * Acts that wait for a second person. What was asked is kept sealed, decided once, and carried out through the handler
 * it was meant for, as its requester, who must still be able to ask for it then.
 */
export class ApprovalService implements SecondPerson {
  readonly #context: PermissionsContext;
  readonly #policies: PolicyBoard;
  readonly #mounted: () => Mounted;
  readonly #key: Uint8Array;

  constructor(context: PermissionsContext, policies: PolicyBoard, mounted: () => Mounted) {
    this.#context = context;
    this.#policies = policies;
    this.#mounted = mounted;
    this.#key = deriveKey(context.masterKey, "permissions/approvals");
  }

  async hold(act: HeldAct): Promise<void> {
    const { endpoint, principal } = act;
    const kind = endpoint.fourEyes;
    if (kind === undefined || !this.#policies.demands(principal.tenantId, kind)) return;
    if (isMachine(principal)) return;
    if (principal.program !== undefined) throw new AppError("auth.forbidden", { reason: "needs a person" });
    const kept = await this.#keep(act, kind);
    throw new AppError("approval.required", {
      approvalId: kept.id,
      expiresMs: kept.expires_at.getTime(),
      ...(kept.alone_from === null ? {} : { aloneFromMs: kept.alone_from.getTime() }),
    });
  }

  async list(
    principal: PersonPrincipal,
    { state, who, act, q, before, limit: asked }: QueryOf<typeof access.listApprovals>,
  ): Promise<{ items: access.Approval[]; next?: string; waiting: number }> {
    const limit = Math.min(MAX_PAGE, Math.max(1, Number(asked ?? DEFAULT_PAGE)));
    if (before !== undefined && !/^[0-9]{1,15}$/.test(before))
      throw new AppError("request.invalid", { field: "before" });
    const requestedBy = who === "requester" ? principal.personId : undefined;
    const filter = { state: statesOf(state), act, requestedBy, q };
    const store = this.#store(principal.tenantId);
    const items: access.Approval[] = [];
    let beforeSeq = before === undefined ? undefined : Number(before);
    let next: string | undefined;
    for (let scanned = 0; scanned < MAX_SCANNED; scanned += MAX_PAGE) {
      const rows = await store.list(filter, { beforeSeq, limit: MAX_PAGE });
      for (const row of rows) {
        const view = await this.#viewFor(principal, row);
        if (view === undefined || (who === "decider" && !view.may.approve)) continue;
        if (items.length === limit)
          return { items, next: String(beforeSeq), waiting: await this.waitingFor(principal) };
        items.push(view);
        beforeSeq = row.seq;
      }
      next = rows.length < MAX_PAGE ? undefined : String(rows.at(-1)?.seq);
      if (next === undefined) break;
      beforeSeq = Number(next);
    }
    return { items, ...(next === undefined ? {} : { next }), waiting: await this.waitingFor(principal) };
  }

  async get(principal: PersonPrincipal, id: Uuid): Promise<access.Approval> {
    const view = await this.#viewFor(principal, await this.#row(principal.tenantId, id));
    if (view === undefined) throw new AppError("approval.not_found");
    return view;
  }

  /** Carries the act out. Resolves also when the act itself was refused; `state` and `code` say so. */
  async approve(principal: PersonPrincipal, id: Uuid, reason: string, via: Via): Promise<access.Approval> {
    const row = await this.#row(principal.tenantId, id);
    if (row.person_id === principal.personId) throw new AppError("approval.own");
    await this.#assertAble(principal, row);
    await this.#decide(row, principal, "running", reason, "approval.given");
    await this.#perform(row, via);
    return this.get(principal, id);
  }

  /** For whom nobody else was able to approve: after the delay, and only while that is still so. */
  async carryOut(principal: PersonPrincipal, id: Uuid, reason: string, via: Via): Promise<access.Approval> {
    const row = await this.#row(principal.tenantId, id);
    if (row.person_id !== principal.personId) throw new AppError("approval.not_found");
    if (row.alone_from === null) throw new AppError("approval.own");
    if (row.alone_from.getTime() > this.#context.clock.nowMs())
      throw new AppError("approval.too_early", { aloneFromMs: row.alone_from.getTime() });
    if ((await this.#others(row.tenant_id, row.person_id, this.#route(row), this.#asked(row))).length > 0)
      throw new AppError("approval.own");
    await this.#decide(row, principal, "running", reason, "approval.given");
    await this.#perform(row, via);
    return this.get(principal, id);
  }

  async refuse(principal: PersonPrincipal, id: Uuid, reason: string): Promise<access.Approval> {
    const row = await this.#row(principal.tenantId, id);
    if (row.person_id === principal.personId) throw new AppError("approval.own");
    await this.#assertAble(principal, row);
    await this.#decide(row, principal, "refused", reason, "approval.refused");
    return this.get(principal, id);
  }

  async withdraw(principal: PersonPrincipal, id: Uuid): Promise<access.Approval> {
    const row = await this.#row(principal.tenantId, id);
    if (row.person_id !== principal.personId) throw new AppError("approval.not_found");
    await this.#decide(row, principal, "withdrawn", null, "approval.withdrawn");
    return this.get(principal, id);
  }

  async takeReply(principal: PersonPrincipal, id: Uuid): Promise<unknown> {
    const sealed = await this.#store(principal.tenantId).takeReply(id, principal.personId);
    if (sealed === undefined) throw new AppError("approval.not_found");
    return unseal(this.#key, id, "reply", sealed);
  }

  async #keep(act: HeldAct, kind: FourEyesAct): Promise<ApprovalRow> {
    const { endpoint, principal, params, query, body } = act;
    const { tenantId, personId } = principal;
    const { db, clock, random, audit, notifier } = this.#context;
    const route = `${endpoint.method} ${endpoint.path}`;
    const asked: AskedAct = { params, query, body };
    const askedSha256 = sha256Hex(JSON.stringify([route, params, query, body ?? null]));
    const store = this.#store(tenantId);
    const same = await store.findWaiting(personId, askedSha256);
    if (same !== undefined && same.expires_at.getTime() > clock.nowMs()) return same;
    if ((await store.countWaiting()) >= MAX_WAITING)
      throw new AppError("limit.reached", { limit: MAX_WAITING, what: "waiting approvals" });
    const others = await this.#others(tenantId, personId, { endpoint }, asked);
    const nowMs = clock.nowMs();
    const id = newUuid(clock, random);
    const aloneMs = nowMs + this.#policies.of(tenantId).delayHours * 3_600_000;
    const { resource } = endpoint;
    const row = {
      id,
      act: kind,
      route,
      asked: seal(this.#key, id, "asked", asked, random),
      asked_sha256: askedSha256,
      resource_kind: resource?.kind ?? null,
      resource_id: resource === undefined ? null : (params[resource.param] as Uuid),
      state: "waiting" as const,
      person_id: personId,
      person_name: principal.name,
      requested_at: new Date(nowMs),
      expires_at: new Date(nowMs + EXPIRES_AFTER_MS + (others.length > 0 ? 0 : aloneMs - nowMs)),
      alone_from: others.length > 0 ? null : new Date(aloneMs),
      decided_by: null,
      decided_by_name: null,
      decided_at: null,
      reason: null,
      code: null,
      reply: null,
    };
    await db
      .transaction()
      .execute(async (tx) => {
        await new ApprovalStore(tx, tenantId).insert(row);
        await audit.record(tx, {
          kind: "approval.requested",
          tenantId,
          subject: { kind: "approval", id },
          data: { act: kind, route, params, alone: others.length === 0 },
        });
        const request = { tenantId, approvalId: id, requestedBy: principal.name, summary: endpoint.summary };
        await notifier.waiting(tx, { ...request, expiresMs: row.expires_at.getTime() }, others);
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error, WAITING_ONCE)) throw error;
      });
    this.#tell(tenantId, id);
    return (await store.findWaiting(personId, askedSha256)) ?? { ...row, seq: 0, tenant_id: tenantId };
  }

  /** Everybody else who may do this themselves there and then. */
  async #others(
    tenantId: Uuid,
    personId: Uuid,
    { endpoint }: Pick<Route, "endpoint">,
    { params }: AskedAct,
  ): Promise<KnownPerson[]> {
    const { people, directory } = this.#context;
    const { permission } = endpoint;
    const able: KnownPerson[] = [];
    for (const person of await people.list(tenantId)) {
      if (person.id === personId || !person.active || permission === undefined) continue;
      const permissions = directory.accessOf({ tenantId, personId: person.id, role: person.role });
      if (!permissions.has(permission)) continue;
      if (await this.#may(endpoint, params, { tenantId, permissions })) able.push(person);
    }
    return able;
  }

  async #may(
    endpoint: AnyEndpoint,
    params: AskedAct["params"],
    who: Pick<PersonPrincipal, "tenantId" | "permissions">,
  ): Promise<boolean> {
    const { stepUp: _, ...unstepped } = endpoint;
    const { resources } = this.#mounted();
    const person = { kind: "person", personId: "", sessionId: "", name: "", ...who } as const;
    try {
      await assertMay(unstepped, params, person, { resources, nowMs: () => this.#context.clock.nowMs() });
      return true;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }

  async #assertAble(principal: PersonPrincipal, row: ApprovalRow): Promise<void> {
    if (!(await this.#may(this.#route(row).endpoint, this.#asked(row).params, principal)))
      throw new AppError("auth.forbidden", { permission: this.#route(row).endpoint.permission });
  }

  async #decide(
    row: ApprovalRow,
    { personId, name }: PersonPrincipal,
    state: "running" | "refused" | "withdrawn",
    reason: string | null,
    kind: "approval.given" | "approval.refused" | "approval.withdrawn",
  ): Promise<void> {
    const { db, clock, audit } = this.#context;
    const { id, tenant_id: tenantId } = row;
    await db.transaction().execute(async (tx) => {
      const by = { id: personId, name, reason, nowMs: clock.nowMs() };
      if (!(await new ApprovalStore(tx, tenantId).decide(id, state, by)))
        throw new AppError("approval.closed");
      await audit.record(tx, {
        kind,
        tenantId,
        subject: { kind: "approval", id },
        data: { act: row.act, route: row.route, requestedBy: row.person_id },
        ...(reason === null ? {} : { personal: { reason } }),
      });
    });
    this.#tell(tenantId, id);
  }

  /** At most once: it has left `waiting` before this. */
  async #perform(row: ApprovalRow, via: Via): Promise<void> {
    const { tenant_id: tenantId, id } = row;
    const store = this.#store(tenantId);
    try {
      const reply = await this.#carryOut(row, via);
      const kept = isEmpty(reply) ? null : seal(this.#key, id, "reply", reply, this.#context.random);
      await store.end(id, { state: "done", code: null, reply: kept });
    } catch (error) {
      if (!isAppError(error)) this.#context.log.error({ err: error, approvalId: id }, "approval.act_failed");
      const code = isAppError(error) ? error.code : "server.internal";
      await store.end(id, { state: "failed", code, reply: null });
    }
    this.#tell(tenantId, id);
  }

  async #carryOut(row: ApprovalRow, via: Via): Promise<unknown> {
    const { endpoint, handler } = this.#route(row);
    const { params, query, body } = this.#asked(row);
    const requester = await this.#context.people.principalOf(row.tenant_id, row.person_id);
    if (requester === undefined) throw new AppError("auth.forbidden", { reason: "the requester has left" });
    if (endpoint.body !== undefined && !Check(endpoint.body, body)) throw new AppError("request.invalid");
    const nowMs = (): UnixMs => this.#context.clock.nowMs();
    // The decision, made with a second factor where one is needed, stands for the requester's.
    const principal = { ...requester, stepUpMs: nowMs() };
    const { resources } = this.#mounted();
    const scope = await assertMay(endpoint, params, principal, { resources, nowMs });
    const actor = { kind: "person", id: requester.personId, tenantId: row.tenant_id } as const;
    const asker = { actor, address: via.address, client: undefined, recorded: new Set<never>() };
    return askedBy(asker, () => handler({ ...via, principal, scope, params, query, body }));
  }

  async #viewFor(principal: PersonPrincipal, row: ApprovalRow): Promise<access.Approval | undefined> {
    const route = this.#mounted().acts.find(row.route);
    const isOwn = row.person_id === principal.personId;
    const asked = this.#asked(row);
    const isAble =
      route !== undefined && !isOwn && (await this.#may(route.endpoint, asked.params, principal));
    if (!isOwn && !isAble && principal.permissions.get("role.read") !== "all") return undefined;
    return viewApproval(row, asked, route?.endpoint.summary ?? "", {
      isOwn,
      isAble,
      nowMs: this.#context.clock.nowMs(),
    });
  }

  /** How many the asker could decide now. */
  async waitingFor(principal: PersonPrincipal): Promise<number> {
    const page = { beforeSeq: undefined, limit: MAX_WAITING };
    let count = 0;
    for (const row of await this.#store(principal.tenantId).list({ state: ["waiting"] }, page))
      if ((await this.#viewFor(principal, row))?.may.approve === true) count++;
    return count;
  }

  async #row(tenantId: Uuid, id: Uuid): Promise<ApprovalRow> {
    const row = await this.#store(tenantId).find(id);
    if (row === undefined) throw new AppError("approval.not_found");
    return row;
  }

  #route({ route }: ApprovalRow): Route {
    const found = this.#mounted().acts.find(route);
    if (found === undefined)
      throw new AppError("approval.closed", { reason: "this act is not offered any more" });
    return found;
  }

  #asked(row: ApprovalRow): AskedAct {
    return unseal(this.#key, row.id, "asked", row.asked) as AskedAct;
  }

  #tell(tenantId: Uuid, approvalId: Uuid): void {
    this.#context.bus.publish("approval.changed", { tenantId, approvalId });
  }

  #store(tenantId: Uuid): ApprovalStore {
    return new ApprovalStore(this.#context.db, tenantId);
  }
}

/** Whoever can open the local socket owns the database's files: no second person stands above that. */
const isMachine = ({ isMachine }: PersonPrincipal): boolean => isMachine === true;

const OPEN: readonly access.ApprovalState[] = ["waiting", "running"];
const CLOSED: readonly access.ApprovalState[] = ["done", "failed", "refused", "withdrawn", "expired"];

function statesOf(
  state: QueryOf<typeof access.listApprovals>["state"],
): readonly access.ApprovalState[] | undefined {
  if (state === "open") return OPEN;
  return state === "closed" ? CLOSED : state && [state];
}

const isEmpty = (reply: unknown): boolean =>
  reply === undefined || (typeof reply === "object" && reply !== null && Object.keys(reply).length === 0);
