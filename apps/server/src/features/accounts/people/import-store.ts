import type { AccountsDatabase } from "../tables.ts";

/** Which of these e-mail keys are somebody's. */
export async function listTakenEmails(
  db: AccountsDatabase,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db.selectFrom("people").select("email_key").where("email_key", "in", keys).execute();
  return new Set(rows.map(({ email_key }) => email_key));
}
