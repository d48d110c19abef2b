import type { UnixMs } from "@gatehouse/base";
import type { SuiteId } from "@gatehouse/secure-channel";
import type { ChannelDatabase, ChannelServerKeysTable } from "../tables.ts";

export interface ServerKeyRow {
  readonly keyId: string;
  readonly suite: SuiteId;
  readonly state: ChannelServerKeysTable["state"];
  readonly agreementKey: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly sealed: Uint8Array;
  readonly notBeforeMs: UnixMs;
  readonly notAfterMs: UnixMs;
  readonly signature: Uint8Array;
}

export async function listServerKeyRows(db: ChannelDatabase): Promise<ServerKeyRow[]> {
  const rows = await db.selectFrom("channel_server_keys").selectAll().orderBy("not_before").execute();
  return rows.map((row) => ({
    keyId: row.key_id,
    suite: row.suite as SuiteId,
    state: row.state,
    agreementKey: row.agreement_key,
    signingKey: row.signing_key,
    sealed: row.sealed,
    notBeforeMs: row.not_before.getTime(),
    notAfterMs: row.not_after.getTime(),
    signature: row.signature,
  }));
}

export async function insertServerKey(db: ChannelDatabase, row: ServerKeyRow): Promise<void> {
  await db
    .insertInto("channel_server_keys")
    .values({
      key_id: row.keyId,
      suite: row.suite,
      state: row.state,
      agreement_key: row.agreementKey,
      signing_key: row.signingKey,
      sealed: row.sealed,
      not_before: new Date(row.notBeforeMs),
      not_after: new Date(row.notAfterMs),
      signature: row.signature,
    })
    .execute();
}

export type ServerKeyChange = Pick<ServerKeyRow, "state" | "notBeforeMs" | "notAfterMs" | "signature">;

export async function updateServerKey(
  db: ChannelDatabase,
  keyId: string,
  { state, notBeforeMs, notAfterMs, signature }: ServerKeyChange,
): Promise<void> {
  await db
    .updateTable("channel_server_keys")
    .set({ state, not_before: new Date(notBeforeMs), not_after: new Date(notAfterMs), signature })
    .where("key_id", "=", keyId)
    .execute();
}

export async function deleteEndedServerKeys(db: ChannelDatabase, nowMs: UnixMs): Promise<void> {
  await db
    .deleteFrom("channel_server_keys")
    .where("state", "=", "retired")
    .where("not_after", "<=", new Date(nowMs))
    .execute();
}

export async function deleteAllServerKeys(db: ChannelDatabase): Promise<void> {
  await db.deleteFrom("channel_server_keys").execute();
}
