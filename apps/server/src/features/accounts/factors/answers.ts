import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { deriveKey, openSecret, verifyTotp } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsDatabase } from "../tables.ts";
import {
  type CeremonyRow,
  countWrongCode,
  deleteCeremony,
  uncountWrongCode,
  updateCeremony,
} from "./ceremony-store.ts";
import { lockTotp, useTotp } from "./factor-store.ts";
import type { RecoveryCodes } from "./recovery-codes.ts";
import type { SentCodes } from "./sent-codes.ts";

/** Tries of one ceremony. */
const MOST_WRONG = 5;
/** Wrong six-digit codes of an account a day, over all log-ins and addresses; a known browser has as many of its own. */
export const MOST_WRONG_A_DAY = 20;

export type CodeFactor = "totp" | "email" | "sms" | "recovery";

/** `over`: the ceremony has no more tries and is gone. */
export type Verdict =
  | { readonly verdict: "right" }
  | { readonly verdict: "wrong"; readonly triesLeft: number }
  | { readonly verdict: "expired" | "exhausted" | "over" };

/** Where an authenticator app's secret is sealed. */
export const totpPlace = (personId: Uuid): string => `account/${personId}/totp`;

export const isCodeFactor = (kind: string): kind is CodeFactor =>
  ["totp", "email", "sms", "recovery"].includes(kind);

/** Judges codes within a locked ceremony and keeps count; what it writes must be committed whatever the verdict. */
export class CodeAnswers {
  readonly #sent: SentCodes;
  readonly #recovery: RecoveryCodes;
  readonly #context: AccountsContext;
  readonly #totpKey: Uint8Array;

  constructor(context: AccountsContext, sent: SentCodes, recovery: RecoveryCodes) {
    this.#context = context;
    this.#sent = sent;
    this.#recovery = recovery;
    this.#totpKey = deriveKey(context.masterKey, "accounts/totp");
  }

  async judge(
    tx: AccountsDatabase,
    ceremony: CeremonyRow,
    factor: CodeFactor,
    typed: string,
  ): Promise<Verdict> {
    const nowMs = this.#context.clock.nowMs();
    if (factor === "recovery") {
      const isRight = await this.#recovery.use(tx, ceremony.person_id, typed, nowMs);
      return isRight ? { verdict: "right" } : this.#wrong(tx, ceremony);
    }
    const code = typed.replaceAll(/[ -]/g, "");
    if (factor !== "totp" && this.#sent.judge(ceremony, factor, code, nowMs) === "expired")
      return { verdict: "expired" };
    return this.#withinBudget(tx, ceremony, () =>
      factor === "totp"
        ? this.#useTotp(tx, ceremony.person_id, code, nowMs)
        : this.#useSent(tx, ceremony, factor, code, nowMs),
    );
  }

  /** The secret of an authenticator app that is being set up. */
  openSecret(personId: Uuid, sealed: Uint8Array): Uint8Array {
    return openSecret(this.#totpKey, sealed, totpPlace(personId));
  }

  get totpKey(): Uint8Array {
    return this.#totpKey;
  }

  get #isCounting(): boolean {
    return this.#context.controls.codeBudget;
  }

  /** Counted before it is judged, so that many answers at once are many; a right one is taken back. */
  async #withinBudget(
    tx: AccountsDatabase,
    ceremony: CeremonyRow,
    isRight: () => Promise<boolean>,
  ): Promise<Verdict> {
    const { person_id: personId, device } = ceremony;
    const nowMs = this.#context.clock.nowMs();
    const wrong = await countWrongCode(tx, personId, device, MOST_WRONG_A_DAY, nowMs);
    if (wrong > MOST_WRONG_A_DAY && this.#isCounting) return { verdict: "exhausted" };
    if (!(await isRight())) return this.#wrong(tx, ceremony);
    await uncountWrongCode(tx, personId, device);
    return { verdict: "right" };
  }

  /** A new app's code is judged against the secret in the ceremony. */
  async judgeNewTotp(
    tx: AccountsDatabase,
    ceremony: CeremonyRow,
    typed: string,
  ): Promise<Verdict & { counter?: number }> {
    const { secret, person_id: personId } = ceremony;
    if (secret === null) return { verdict: "expired" };
    let counter: number | undefined;
    const verdict = await this.#withinBudget(tx, ceremony, async () => {
      const code = typed.replaceAll(/[ -]/g, "");
      counter = verifyTotp(this.openSecret(personId, secret), code, this.#context.clock.nowMs(), -1);
      return counter !== undefined;
    });
    return counter === undefined ? verdict : { ...verdict, counter };
  }

  async #useTotp(tx: AccountsDatabase, personId: Uuid, code: string, nowMs: UnixMs): Promise<boolean> {
    const totp = await lockTotp(tx, personId);
    if (totp === undefined) return false;
    const counter = verifyTotp(this.openSecret(personId, totp.secret), code, nowMs, totp.last_counter);
    if (counter === undefined) return false;
    await useTotp(tx, personId, counter, nowMs);
    return true;
  }

  async #useSent(
    tx: AccountsDatabase,
    ceremony: CeremonyRow,
    medium: "email" | "sms",
    code: string,
    nowMs: UnixMs,
  ): Promise<boolean> {
    if (this.#sent.judge(ceremony, medium, code, nowMs) !== "right") return false;
    await updateCeremony(tx, ceremony.id, { code_mac: null, former_code_mac: null });
    return true;
  }

  async #wrong(tx: AccountsDatabase, { id, wrong }: CeremonyRow): Promise<Verdict> {
    const triesLeft = Math.max(0, MOST_WRONG - wrong - 1);
    if (triesLeft > 0 || !this.#isCounting) {
      await updateCeremony(tx, id, { wrong: wrong + 1 });
      return { verdict: "wrong", triesLeft };
    }
    await deleteCeremony(tx, id);
    return { verdict: "over" };
  }
}

/** The refusal of whatever is not right, after the transaction was committed; `over` is what a spent ceremony answers. */
export function assertRight(answer: Verdict, over: "auth.login_expired" | "auth.code_expired"): void {
  switch (answer.verdict) {
    case "right":
      return;
    case "wrong":
      throw new AppError("auth.code_wrong", { triesLeft: answer.triesLeft });
    case "expired":
      throw new AppError("auth.code_expired");
    case "exhausted":
      throw new AppError("auth.codes_exhausted");
    case "over":
      throw new AppError(over);
  }
}
