import { AppError, isUuid, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts, BodyOf, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import { emailKey, findPersonByEmail } from "../people/account-store.ts";
import type { AccountsDatabase } from "../tables.ts";
import {
  countOpen,
  type InvitationRow,
  insertInvitation,
  listInvitations,
  lockInvitation,
  revokeOthers,
  stateOf,
  updateInvitation,
} from "./invitation-store.ts";

type InviteBody = BodyOf<typeof accounts.invite>;

/** Who invites; an organisation's first owner is invited by nobody of it. */
export interface Inviter {
  readonly personId: Uuid | undefined;
  readonly name: string;
}

const VALID_MS = 7 * 86_400_000;
const MOST_OPEN = 200;
const MOST_SENT = 10;
const RESEND_MS = 60_000;
const MAX_PAGE = 200;

export const inviterOf = ({ personId, name, isMachine }: PersonPrincipal): Inviter =>
  isMachine === true ? { personId: undefined, name: "" } : { personId, name };

/** Invitations: open → used, revoked or expired. The link is mailed, works once and for seven days. */
export class InvitationService {
  readonly #context: AccountsContext;
  readonly #teller: Teller;

  constructor(context: AccountsContext, teller: Teller) {
    this.#context = context;
    this.#teller = teller;
  }

  async list(
    tenantId: Uuid,
    { state, limit = "50", offset = "0" }: QueryOf<typeof accounts.listInvitations>,
  ): Promise<ReplyOf<typeof accounts.listInvitations>> {
    const { clock, db } = this.#context;
    const nowMs = clock.nowMs();
    const page = { state, limit: Math.min(MAX_PAGE, Math.max(1, Number(limit))), offset: Number(offset) };
    const { items, total } = await listInvitations(db, tenantId, nowMs, page);
    return { items: items.map((row) => this.#view(row, row.inviter ?? "")), total };
  }

  /** Fails with account.email_taken, role.exceeds_own, site.not_found or limit.reached. */
  async invite(principal: PersonPrincipal, body: InviteBody): Promise<accounts.Invitation> {
    await this.#context.roles.assertMayGive(principal, body.role, body.siteIds);
    return this.add(principal.tenantId, inviterOf(principal), body);
  }

  /** Without asking what the inviter may: for an organisation's first owner. */
  async add(tenantId: Uuid, inviter: Inviter, body: InviteBody): Promise<accounts.Invitation> {
    const { clock, db, language, random } = this.#context;
    const nowMs = clock.nowMs();
    if ((await countOpen(db, tenantId, nowMs)) >= MOST_OPEN)
      throw new AppError("limit.reached", { limit: "invitations", max: MOST_OPEN });
    const id = newUuid(clock, random);
    const row = await db.transaction().execute(async (tx) => {
      if ((await findPersonByEmail(tx, body.email)) !== undefined) throw new AppError("account.email_taken");
      await revokeOthers(tx, tenantId, emailKey(body.email), nowMs);
      await insertInvitation(tx, {
        id,
        tenant_id: tenantId,
        name: body.name,
        email: body.email,
        email_key: emailKey(body.email),
        role: body.role,
        site_ids: body.siteIds ?? null,
        language: body.language ?? language(tenantId),
        invited_by: inviter.personId ?? null,
        link_hash: id,
        sent: 0,
        sent_at: new Date(nowMs),
        created_at: new Date(nowMs),
        expires_at: new Date(nowMs + VALID_MS),
      });
      const made = (await lockInvitation(tx, { tenantId, id })) as InvitationRow;
      return this.#send(tx, made, inviter);
    });
    this.#teller.wake();
    return this.#view(row, inviter.name);
  }

  /** A new link. Fails with invitation.not_found, invitation.closed, role.exceeds_own or auth.throttled. */
  async resend(principal: PersonPrincipal, id: Uuid): Promise<accounts.Invitation> {
    const { clock, db } = this.#context;
    const inviter = inviterOf(principal);
    const row = await db.transaction().execute(async (tx) => {
      const known = await this.#lock(tx, principal.tenantId, id);
      const state = stateOf(known, clock.nowMs());
      if (state === "used" || state === "revoked") throw new AppError("invitation.closed", { state });
      await this.#context.roles.assertMayGive(principal, known.role, known.site_ids ?? undefined);
      const waitMs = Math.min(RESEND_MS, known.sent_at.getTime() + RESEND_MS - clock.nowMs());
      if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
      if (known.sent >= MOST_SENT) throw new AppError("limit.reached", { limit: "mails", max: MOST_SENT });
      return this.#send(tx, known, inviter);
    });
    this.#teller.wake();
    return this.#view(row, inviter.name);
  }

  /** Fails with invitation.not_found or invitation.closed. */
  async revoke(tenantId: Uuid, id: Uuid): Promise<void> {
    const { audit, clock, db } = this.#context;
    await db.transaction().execute(async (tx) => {
      const known = await this.#lock(tx, tenantId, id);
      const state = stateOf(known, clock.nowMs());
      if (state === "used" || state === "revoked") throw new AppError("invitation.closed", { state });
      await updateInvitation(tx, id, {
        revoked_at: new Date(clock.nowMs()),
        phone: null,
        password_hash: null,
        code: null,
      });
      const subject = { kind: "invitation", id };
      await audit.record(tx, { kind: "person.invitation_revoked", tenantId, subject });
    });
  }

  async #send(tx: AccountsDatabase, row: InvitationRow, inviter: Inviter): Promise<InvitationRow> {
    const { audit, clock, publicUrl, random } = this.#context;
    const nowMs = clock.nowMs();
    const token = newToken(random, 24);
    const change = {
      link_hash: sha256Hex(token),
      sent: row.sent + 1,
      sent_at: new Date(nowMs),
      expires_at: new Date(nowMs + VALID_MS),
    };
    await updateInvitation(tx, row.id, change);
    const link = `${publicUrl()}/invitation#${token}`;
    const message = {
      purpose: "invitation",
      link,
      by: inviter.name,
      role: row.role,
      validMs: VALID_MS,
    } as const;
    await this.#teller.mail(tx, row, message);
    await audit.record(tx, {
      kind: "person.invited",
      tenantId: row.tenant_id,
      subject: { kind: "invitation", id: row.id },
      data: {
        role: row.role,
        ...(row.site_ids === null ? {} : { siteIds: row.site_ids }),
        sent: change.sent,
      },
      personal: { name: row.name, email: row.email },
    });
    return { ...row, ...change };
  }

  async #lock(tx: AccountsDatabase, tenantId: Uuid, id: Uuid): Promise<InvitationRow> {
    const row = isUuid(id) ? await lockInvitation(tx, { tenantId, id }) : undefined;
    if (row === undefined) throw new AppError("invitation.not_found");
    return row;
  }

  #view(row: InvitationRow, invitedBy: string): accounts.Invitation {
    return {
      id: row.id,
      name: row.name,
      email: row.email,
      role: row.role,
      language: row.language,
      state: stateOf(row, this.#context.clock.nowMs()),
      createdMs: row.created_at.getTime(),
      expiresMs: row.expires_at.getTime(),
      sent: row.sent,
      ...(row.site_ids === null ? {} : { siteIds: row.site_ids }),
      ...(invitedBy === "" ? {} : { invitedBy }),
      ...(row.opened_at === null ? {} : { openedMs: row.opened_at.getTime() }),
      ...(row.used_at === null ? {} : { usedMs: row.used_at.getTime() }),
    };
  }
}
