import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { equalConstantTime, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { maskEmail, maskPhone } from "../factors/hints.ts";
import type { Teller } from "../messages/teller.ts";
import type { AccountsDatabase } from "../tables.ts";
import { emailKey, findPersonByEmail, getPerson, type PersonRow } from "./account-store.ts";
import type { ChangeApplier } from "./change-applier.ts";
import {
  type ChangeKind,
  deletePending,
  listPending,
  lockPending,
  type PendingChange,
  putPending,
  putPendingCode,
  setPersonal,
} from "./change-store.ts";
import { findErasure } from "./erase-store.ts";
import { viewErasure } from "./eraser.ts";
import { CODE_MS, type OneTimeCodes, refuseCode, resendAt } from "./one-time-code.ts";
import { lockPersonIn } from "./people-store.ts";
import { normalisePhone, openPersonal, type PersonalData, sealPersonal } from "./personal-data.ts";

const PENDING_MS = 24 * 3_600_000;

export interface OwnDataTools {
  readonly data: PersonalData;
  readonly codes: OneTimeCodes;
  readonly teller: Teller;
  readonly applier: ChangeApplier;
}

const scopeOf = (personId: Uuid, kind: ChangeKind): string => `change/${kind}/${personId}`;

/** What people see and change of their own: an e-mail address or phone only with a confirmation by the new one. */
export class OwnDataService {
  readonly #context: AccountsContext;
  readonly #tools: OwnDataTools;

  constructor(context: AccountsContext, tools: OwnDataTools) {
    this.#context = context;
    this.#tools = tools;
  }

  async view({ tenantId, personId }: PersonPrincipal): Promise<accounts.OwnDetails> {
    const { clock, db } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const cipher = await this.#tools.data.cipherOf(tenantId);
    const pending = await listPending(db, personId, clock.nowMs());
    const erasure = viewErasure(await findErasure(db, personId));
    const viewOf = (kind: ChangeKind) => {
      const row = pending.find((one) => one.kind === kind);
      if (row === undefined) return undefined;
      const value = cipher.open(placeOf(personId, kind), row.value);
      const resendAtMs = resendAt(row.code);
      return {
        to: kind === "email" ? maskEmail(value) : maskPhone(value),
        expiresMs: row.expires_at.getTime(),
        ...(resendAtMs === undefined ? {} : { resendAtMs }),
      };
    };
    const [pendingEmail, pendingPhone] = [viewOf("email"), viewOf("phone")];
    return {
      details: openPersonal(cipher, person, false),
      ...(pendingEmail === undefined ? {} : { pendingEmail }),
      ...(pendingPhone === undefined ? {} : { pendingPhone }),
      ...(erasure === undefined ? {} : { erasure }),
    };
  }

  async changeAddress({ tenantId, personId }: PersonPrincipal, address: string): Promise<void> {
    const { audit, db } = this.#context;
    const { address: sealed } = sealPersonal(await this.#tools.data.cipherOf(tenantId), personId, {
      address,
    });
    await db.transaction().execute(async (tx) => {
      await setPersonal(tx, personId, { address: sealed });
      const subject = { kind: "person", id: personId };
      await audit.record(tx, { kind: "person.changed", tenantId, subject, data: { fields: ["address"] } });
    });
  }

  /** The same for addresses that are somebody's already: their owner learns of it, no code is right. */
  async requestEmail(principal: PersonPrincipal, email: string): Promise<void> {
    await this.#request(principal, "email", email, async (tx, person, { code, link, isDecoy }) => {
      const { publicUrl } = this.#context;
      const known = isDecoy ? await findPersonByEmail(tx, email) : undefined;
      if (known !== undefined) {
        await this.#tools.teller.mail(tx, known, { purpose: "sign_up_exists", link: `${publicUrl()}/login` });
        return;
      }
      const url = `${publicUrl()}/profile/email#${link}`;
      const times = { validMs: PENDING_MS, codeValidMs: CODE_MS };
      const message = { purpose: "confirm_email", link: url, code, ...times } as const;
      await this.#tools.teller.mail(tx, { ...person, email }, message);
    });
  }

  async requestPhone(principal: PersonPrincipal, typed: string): Promise<void> {
    const phone = normalisePhone(typed);
    await this.#request(principal, "phone", phone, (tx, person, { code }) =>
      this.#tools.teller.sms(tx, person, phone, { purpose: "code", code, validMs: CODE_MS }),
    );
  }

  /** Fails with auth.code_wrong or auth.code_expired; a link's token counts as a code. */
  async confirm(
    { tenantId, personId }: PersonPrincipal,
    kind: ChangeKind,
    proof: BodyOf<typeof accounts.confirmEmail>,
  ): Promise<void> {
    const { clock, db } = this.#context;
    const cipher = await this.#tools.data.cipherOf(tenantId);
    const verdict = await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      const row = await lockPending(tx, personId, kind, clock.nowMs());
      if (row === undefined) return "expired";
      const judged = this.#judge(row, proof, clock.nowMs());
      if (judged === "wrong") await putPendingCode(tx, row, { ...row.code, wrong: row.code.wrong + 1 });
      if (judged !== "right") return judged;
      await deletePending(tx, personId, kind);
      const value = cipher.open(placeOf(personId, kind), row.value);
      return (await this.#tools.applier.apply(tx, person, kind, value)) ? "right" : "expired";
    });
    if (verdict !== "right") refuseCode(verdict);
    await this.#tools.applier.committed();
  }

  async withdraw({ personId }: PersonPrincipal): Promise<void> {
    await deletePending(this.#context.db, personId);
  }

  #judge(row: PendingChange, proof: BodyOf<typeof accounts.confirmEmail>, nowMs: UnixMs) {
    if ("code" in proof)
      return this.#tools.codes.judge(scopeOf(row.person_id, row.kind), row.code, proof.code, nowMs);
    return !row.decoy && equalConstantTime(row.link_hash, sha256Hex(proof.token)) ? "right" : "expired";
  }

  async #request(
    { tenantId, personId }: PersonPrincipal,
    kind: ChangeKind,
    value: string,
    send: (
      tx: AccountsDatabase,
      person: PersonRow,
      sent: { readonly code: string; readonly link: string; readonly isDecoy: boolean },
    ) => Promise<void>,
  ): Promise<void> {
    const { audit, clock, db, random } = this.#context;
    const { codes, data, teller } = this.#tools;
    const cipher = await data.cipherOf(tenantId);
    const nowMs = clock.nowMs();
    await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      if (kind === "email" && person.email_key === emailKey(value)) throw new AppError("request.conflict");
      const before = await lockPending(tx, personId, kind, nowMs);
      const isDecoy = kind === "email" && (await findPersonByEmail(tx, value)) !== undefined;
      const { code, stored } = codes.issue(scopeOf(personId, kind), before?.code ?? null, nowMs, isDecoy);
      const link = newToken(random, 24);
      await putPending(tx, {
        person_id: personId,
        kind,
        value: cipher.seal(placeOf(personId, kind), value),
        decoy: isDecoy,
        link_hash: sha256Hex(link),
        code: stored,
        expires_at: before?.expires_at ?? new Date(nowMs + PENDING_MS),
      });
      const subject = { kind: "person", id: personId };
      const event = { kind: "person.change_requested", tenantId, subject } as const;
      await audit.record(tx, { ...event, data: { field: kind }, personal: { to: value } });
      await send(tx, person, { code, link, isDecoy });
    });
    teller.wake();
  }
}

const placeOf = (personId: Uuid, kind: ChangeKind) => ({
  table: "pending_changes",
  column: kind,
  rowId: personId,
});
