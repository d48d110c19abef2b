import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { line, object, UnixMs, Uuid } from "../schemas.ts";

const LogNumber = Type.Integer({ minimum: 1 });

/** One log ended with a restore, and the first entry of another names its end. */
export const LedgerSeam = object({
  /** The log that follows. */
  log: LogNumber,
  origin: Type.String(),
  previousLog: LogNumber,
  previousOrigin: Type.String(),
  /** Of the previous log's last checkpoint in the backup. */
  size: Type.Integer({ minimum: 0 }),
  atMs: UnixMs,
  /** When the backup was made; absent when the database was put back without our command. */
  backupMs: Type.Optional(UnixMs),
  /** Absent until the owner stands by it. */
  acknowledgement: Type.Optional(object({ atMs: UnixMs, personId: Uuid, reason: Type.String() })),
});
export type LedgerSeam = Static<typeof LedgerSeam>;

export const listLedgerSeams = endpoint({
  method: "GET",
  tag: "ledger",
  audience: "operator",
  permission: "ledger.read",
  path: "/api/v1/ledger/seams",
  summary: "Where a log ended with a restore and another began, newest first",
  reply: object({ items: Type.Array(LedgerSeam) }),
});
export const acknowledgeLedgerSeam = endpoint({
  method: "POST",
  tag: "ledger",
  audience: "operator",
  permission: "installation.write",
  stepUp: true,
  records: ["ledger.seam_acknowledged"],
  path: "/api/v1/ledger/seams/:log/acknowledge",
  summary: "Stand by the log that follows: witnesses of this installation take it only then",
  params: object({ log: Type.String({ pattern: "^[0-9]{1,9}$" }) }),
  body: object({ reason: line(200) }),
  reply: LedgerSeam,
  errors: ["ledger.seam_not_found"],
});
