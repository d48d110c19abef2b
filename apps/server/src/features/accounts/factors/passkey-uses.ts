import { AppError, isAppError, type Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { AccountsContext } from "../context.ts";
import { getPersonById } from "../people/account-store.ts";
import type { AccountsDatabase } from "../tables.ts";
import { lockPasskey, updatePasskey } from "./factor-store.ts";
import { challengeOf, type PasskeyUse, type RelyingParty, relyingParty, verifyUse } from "./passkeys.ts";

/** Judges what authenticators answer, and remembers their counters. */
export class PasskeyUses {
  readonly #context: AccountsContext;

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  /** Fails with auth.passkey_on_address. */
  relyingParty(): RelyingParty {
    const rp = relyingParty(this.#context.publicUrl());
    if (rp === undefined) throw new AppError("auth.passkey_on_address");
    return rp;
  }

  challengeOf(response: accounts.AuthenticationResponse): string {
    return challengeOf(response);
  }

  /**
   * Undefined when it is not accepted. A counter that did not rise is not accepted either and stays noted on the
   * passkey: one of two that hold the key is a copy.
   */
  async use(
    tx: AccountsDatabase,
    response: accounts.AuthenticationResponse,
    challenge: string,
    personId: Uuid,
  ): Promise<PasskeyUse | undefined> {
    const rp = this.relyingParty();
    const passkey = await lockPasskey(tx, response.id);
    if (passkey === undefined || passkey.person_id !== personId) return undefined;
    const use = await verifyUse(rp, response, challenge, passkey).catch((error: unknown) => {
      if (isAppError(error, "auth.passkey_refused")) return undefined;
      throw error;
    });
    if (use === undefined) return undefined;
    if (use.suspectedCopy) {
      await this.#noteCopy(tx, passkey.id, personId);
      return undefined;
    }
    await updatePasskey(tx, personId, passkey.id, {
      counter: use.counter,
      synced: use.synced,
      last_used_at: new Date(this.#context.clock.nowMs()),
    });
    return use;
  }

  async #noteCopy(tx: AccountsDatabase, passkeyId: Uuid, personId: Uuid): Promise<void> {
    const { audit, log } = this.#context;
    await updatePasskey(tx, personId, passkeyId, { suspected_copy: true });
    const { tenant_id: tenantId } = await getPersonById(tx, personId);
    await audit.record(tx, {
      kind: "factor.changed",
      tenantId,
      outcome: "refused",
      subject: { kind: "person", id: personId },
      data: { factor: "passkey", passkeyId, suspectedCopy: true },
    });
    log.warn({ personId, passkeyId }, "passkey.suspected_copy");
  }
}
