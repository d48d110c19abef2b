import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { line, object, UnixMs, Uuid } from "../schemas.ts";

const VerifierKey = Type.String({
  minLength: 20,
  maxLength: 400,
  description: "C2SP signed note, verifier key: name+id+base64",
});
const Url = Type.String({ pattern: "^https?://", maxLength: 500 });
const Size = Type.Integer({ minimum: 0 });

/**
 * `ok`: it cosigned not long ago · `waiting`: just added · `silent`: it has not answered for longer than the settings
 * allow · `refused`: it answered that this log is not the one it saw before.
 */
const WITNESS_STATES = ["ok", "waiting", "silent", "refused"] as const;
export type WitnessStanding = (typeof WITNESS_STATES)[number];

/**
 * `installation`: of somebody else, by C2SP tlog-witness · `gateway`, `agent`: a machine of this installation, enrolled by
 * its owner.
 */
const WITNESS_KINDS = ["installation", "gateway", "agent"] as const;
export type WitnessKind = (typeof WITNESS_KINDS)[number];

export const LedgerWitness = object({
  id: Uuid,
  kind: Type.Unsafe<WitnessKind>(Type.Union(WITNESS_KINDS.map((kind) => Type.Literal(kind)))),
  /** Of its key; of a machine the device's name. */
  name: Type.String(),
  verifierKey: VerifierKey,
  /** Of an installation. */
  url: Type.Optional(Url),
  /** Of a machine. */
  deviceId: Type.Optional(Uuid),
  addedMs: UnixMs,
  state: Type.Unsafe<WitnessStanding>(Type.Union(WITNESS_STATES.map((state) => Type.Literal(state)))),
  /** What it says against the newest checkpoint: a word of C2SP tlog-witness, or why nobody could ask it. */
  reason: Type.Optional(Type.String()),
  /** Since when it says so. */
  sinceMs: Type.Optional(UnixMs),
  /** The last checkpoint of the log that grows which it cosigned. */
  last: Type.Optional(object({ size: Size, atMs: UnixMs })),
});
export type LedgerWitness = Static<typeof LedgerWitness>;

/** A log of somebody else that this installation witnesses. */
export const WitnessedLog = object({
  id: Uuid,
  /** Of the log that is witnessed now. */
  verifierKey: VerifierKey,
  size: Size,
  root: Type.String(),
  addedMs: UnixMs,
  cosignedMs: Type.Optional(UnixMs),
  /** Why its last request was refused; absent when it was cosigned. */
  refusal: Type.Optional(Type.String()),
  /** Notes by which its restarts were acknowledged; none ever goes. */
  seams: Type.Array(Type.String()),
});
export type WitnessedLog = Static<typeof WitnessedLog>;

/** Two statements that one log signed and that cannot both be true; the first hundred of each log or witness are kept. */
export const Contradiction = object({
  id: Uuid,
  /** Who refused: one of our witnesses (`id` of it), or we, as a witness of this log. */
  witnessId: Type.Optional(Uuid),
  witnessedId: Type.Optional(Uuid),
  /** A word of C2SP tlog-witness. */
  reason: Type.String(),
  atMs: UnixMs,
  /** Verifier key of the log that was cosigned last. */
  keptLog: VerifierKey,
  /** The checkpoint that was cosigned last, as the log signed it; empty where only its size and root are known. */
  kept: Type.String(),
  keptSize: Size,
  keptRoot: Type.String(),
  /** What was refused: a request of C2SP tlog-witness, add-checkpoint, with the checkpoint at its end. */
  offered: Type.String(),
});
export type Contradiction = Static<typeof Contradiction>;

const operator = { tag: "ledger", audience: "operator" } as const;
const change = {
  ...operator,
  permission: "installation.write",
  stepUp: true,
  records: ["ledger.witness_changed"],
} as const;

export const listWitnesses = endpoint({
  ...operator,
  method: "GET",
  permission: "ledger.read",
  path: "/api/v1/ledger/witnesses",
  summary: "Who cosigns this log and when last, and the logs that this installation cosigns",
  reply: object({
    /** Under which this installation cosigns the logs of others. */
    ownKey: VerifierKey,
    witnesses: Type.Array(LedgerWitness),
    witnessed: Type.Array(WitnessedLog),
    /** How long each kind may be silent. */
    silentAfterMs: object({ installation: Type.Integer(), machine: Type.Integer() }),
  }),
});
export const listContradictions = endpoint({
  ...operator,
  method: "GET",
  permission: "ledger.read",
  path: "/api/v1/ledger/contradictions",
  summary:
    "What witnesses of this log refused, and what this installation refused as a witness, with both statements",
  reply: object({ items: Type.Array(Contradiction, { maxItems: 500 }) }),
});
export const addWitness = endpoint({
  ...change,
  method: "POST",
  path: "/api/v1/ledger/witnesses",
  summary: "Ask another installation, or any witness of C2SP tlog-witness, to cosign this log",
  body: object({ url: Url, verifierKey: VerifierKey }),
  reply: object({ id: Uuid }),
  status: 201,
  errors: ["ledger.malformed", "ledger.witness_exists", "ledger.too_many_witnesses", "url.forbidden"],
});
export const removeWitness = endpoint({
  ...change,
  method: "DELETE",
  path: "/api/v1/ledger/witnesses/:witnessId",
  summary: "Ask a witness no more; what it cosigned stays",
  params: object({ witnessId: Uuid }),
  reply: object({}),
  errors: ["ledger.witness_not_found"],
});
export const addWitnessedLog = endpoint({
  ...change,
  method: "POST",
  path: "/api/v1/ledger/witnessed",
  summary: "Cosign the log of another installation from now on",
  body: object({ verifierKey: VerifierKey }),
  reply: object({ id: Uuid }),
  status: 201,
  errors: ["ledger.malformed", "ledger.witness_exists", "ledger.too_many_witnesses"],
});
export const acknowledgeRestart = endpoint({
  ...change,
  method: "POST",
  path: "/api/v1/ledger/witnessed/:witnessId/restart",
  summary: "Acknowledge that a witnessed log ended and another follows; the seam is shown for ever",
  params: object({ witnessId: Uuid }),
  body: object({ verifierKey: VerifierKey, reason: line(200) }),
  reply: object({}),
  errors: ["ledger.malformed", "ledger.witness_not_found"],
});
export const removeWitnessedLog = endpoint({
  ...change,
  method: "DELETE",
  path: "/api/v1/ledger/witnessed/:witnessId",
  summary: "Cosign a log no more",
  params: object({ witnessId: Uuid }),
  reply: object({}),
  errors: ["ledger.witness_not_found"],
});

/** C2SP tlog-witness; answers cosignature lines, or with 409 the size it has. */
export const addCheckpoint = endpoint({
  method: "POST",
  tag: "ledger",
  audience: "public",
  path: "/ledger/witness/add-checkpoint",
  summary: "A log asks this installation, as its witness, to cosign a checkpoint (C2SP tlog-witness)",
  body: Type.String({ maxLength: 70_000 }),
  bodyLimitBytes: 140_000,
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
  perMinute: 120,
  unrecorded: "A cosignature changes nothing here; the witnessed log's state is kept beside it",
  errors: ["ledger.malformed"],
});
