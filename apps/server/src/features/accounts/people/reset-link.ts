import type { Uuid } from "@gatehouse/base";
import { newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsDatabase } from "../tables.ts";
import { insertResetLink } from "./change-store.ts";

/** A link to choose a password, for a mail that we send of ourselves. */
export async function newResetLink(
  tx: AccountsDatabase,
  context: AccountsContext,
  person: { readonly id: Uuid; readonly email_key: string },
  validMs: number,
): Promise<string> {
  const token = newToken(context.random, 24);
  await insertResetLink(tx, context, person, sha256Hex(token), context.clock.nowMs() + validMs);
  return `${context.publicUrl()}/login/reset#${token}`;
}
