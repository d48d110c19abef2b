import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, QueryInt, UnixMs, Uuid } from "../schemas.ts";
import { LEDGER_KIND_NAMES, type LedgerKind } from "./kinds.ts";
import { OUTCOMES, type Outcome } from "./outcome.ts";

const Kind = Type.Unsafe<LedgerKind>(Type.Union(LEDGER_KIND_NAMES.map((kind) => Type.Literal(kind))));
const OutcomeName = Type.Unsafe<Outcome>(Type.Union(OUTCOMES.map((outcome) => Type.Literal(outcome))));
/** Hashes, keys and signatures: base64 with padding. */
const Base64 = Type.String({ maxLength: 100 });
const Hashes = Type.Array(Base64, { maxItems: 64 });
const Index = Type.Integer({ minimum: 0 });

export const LedgerParty = object({
  kind: Type.String(),
  id: Type.String(),
  /** What it is called today, for those who may see it. */
  name: Type.Optional(Type.String()),
  /** It has a name no more: it was removed or erased. */
  gone: Type.Optional(Type.Boolean()),
});
export type LedgerParty = Static<typeof LedgerParty>;

export const LedgerEntry = object({
  id: Uuid,
  /** Number of the log: one more after each restore of a backup. */
  log: Type.Integer(),
  index: Index,
  atMs: UnixMs,
  leafHash: Base64,
  /** Absent when the entry is older than what the organisation keeps: its place and its hash are left. */
  act: Type.Optional(
    object({
      kind: Kind,
      outcome: OutcomeName,
      actor: LedgerParty,
      subject: Type.Optional(LedgerParty),
      data: Type.Record(Type.String(), Type.Unknown()),
      /** Texts about people; null where one was erased. */
      personal: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
    }),
  ),
});
export type LedgerEntry = Static<typeof LedgerEntry>;

export const LedgerHead = object({
  log: Type.Integer(),
  origin: Type.String(),
  /** C2SP signed note, verifier key. */
  verifierKey: Type.String(),
  /** Entries that have their place now. */
  size: Index,
  /** Of the newest checkpoint. */
  covered: Index,
  root: Type.Optional(Base64),
  atMs: Type.Optional(UnixMs),
  /** C2SP tlog-checkpoint with the cosignatures that it has so far. */
  checkpoint: Type.Optional(Type.String()),
  /** Newest first; the first is the one that grows. */
  logs: Type.Array(
    object({
      log: Type.Integer(),
      origin: Type.String(),
      verifierKey: Type.String(),
      size: Index,
      createdMs: UnixMs,
    }),
  ),
});
export type LedgerHead = Static<typeof LedgerHead>;

const shared = { method: "GET", tag: "ledger", audience: "operator", permission: "ledger.read" } as const;
const Cursor = Type.String({ pattern: "^[0-9]{1,9}\\.[0-9]{1,15}$" });
const Log = Type.Optional(Type.String({ pattern: "^[0-9]{1,9}$" }));

export const listLedgerEntries = endpoint({
  ...shared,
  path: "/api/v1/ledger/entries",
  summary: "What was done, newest first; every filter narrows",
  query: object({
    kind: Type.Optional(
      Type.String({ pattern: "^[a-z_.]+(,[a-z_.]+){0,99}$", maxLength: 4_000, description: "One or more" }),
    ),
    outcome: Type.Optional(OutcomeName),
    actor: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9-]{1,64}$" })),
    subject: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9._:@/-]{1,128}$" })),
    /** Of a person, a device or another thing: what it did, and what was done to it. */
    about: Type.Optional(Uuid),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: "Whole words of texts about people, or part of a name",
      }),
    ),
    from: Type.Optional(QueryInt),
    to: Type.Optional(QueryInt),
    log: Log,
    fromIndex: Type.Optional(QueryInt),
    toIndex: Type.Optional(QueryInt),
    before: Type.Optional(Cursor),
    after: Type.Optional(Cursor),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: object({
    items: Type.Array(LedgerEntry),
    /** Handed back as `before`: what is older than the last of these. */
    older: Type.Optional(Cursor),
    /** Handed back as `after`: what is newer than the first of these. */
    newer: Type.Optional(Cursor),
  }),
});

export const getLedgerEntry = endpoint({
  ...shared,
  path: "/api/v1/ledger/entries/:eventId",
  summary: "One entry with the event as it was hashed, and the proof that the log holds it",
  params: object({ eventId: Uuid }),
  reply: object({
    entry: LedgerEntry,
    /** Canonical JSON; absent when the entry is sealed. */
    event: Type.Optional(Type.String()),
    /** Salts of the values that are not erased, by name: whoever has one can check the value. */
    salts: Type.Record(Type.String(), Base64),
    /** Absent until a checkpoint covers the entry, which takes seconds. */
    proof: Type.Optional(
      object({
        /** RFC 6962 §2.1.1, from the leaf up. */
        hashes: Hashes,
        size: Index,
        checkpoint: Type.String(),
        verifierKey: Type.String(),
      }),
    ),
  }),
  errors: ["ledger.entry_not_found"],
});

export const readLedgerRange = endpoint({
  ...shared,
  path: "/api/v1/ledger/range",
  summary: "Entries in order, as they were hashed; of other organisations the hashes alone",
  query: object({ log: Log, from: QueryInt, to: QueryInt }),
  reply: object({
    log: Type.Integer(),
    from: Index,
    items: Type.Array(object({ leafHash: Base64, event: Type.Optional(Type.String()) }), { maxItems: 1_000 }),
  }),
  errors: ["ledger.range_invalid"],
});

export const getLedgerHead = endpoint({
  ...shared,
  path: "/api/v1/ledger/head",
  summary: "Size and newest checkpoint of the log, and the logs before it",
  reply: LedgerHead,
});

export const proveLedgerConsistency = endpoint({
  ...shared,
  path: "/api/v1/ledger/consistency",
  summary: "Proof that the log of one size begins with the log of another",
  query: object({ log: Log, first: QueryInt, second: QueryInt }),
  reply: object({
    log: Type.Integer(),
    first: Index,
    second: Index,
    /** RFC 6962 §2.1.2. */
    hashes: Hashes,
  }),
  errors: ["ledger.range_invalid"],
});

const open = { method: "GET", tag: "ledger", audience: "public" } as const;

export const getLedgerCheckpoint = endpoint({
  ...open,
  path: "/ledger/checkpoint",
  summary: "Newest checkpoint (C2SP tlog-tiles)",
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});
export const getLedgerTile = endpoint({
  ...open,
  path: "/ledger/tile/*",
  summary: "Hashes of the log (C2SP tlog-tiles); entries are not public",
  contentType: "application/octet-stream",
  reply: Type.String(),
  errors: ["request.not_found"],
});
export const getLedgerKey = endpoint({
  ...open,
  path: "/ledger/key",
  summary: "Verifier key of the log (C2SP signed-note)",
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
});

const OfLog = object({ log: Type.String({ pattern: "^[0-9]{1,9}$" }) });

export const getLogCheckpoint = endpoint({
  ...open,
  path: "/ledger/logs/:log/checkpoint",
  summary: "Newest checkpoint of one log, also of one that ended with a restore (C2SP tlog-tiles)",
  params: OfLog,
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});
export const getLogTile = endpoint({
  ...open,
  path: "/ledger/logs/:log/tile/*",
  summary: "Hashes of one log, also of one that ended (C2SP tlog-tiles)",
  params: Type.Object(OfLog.properties),
  contentType: "application/octet-stream",
  reply: Type.String(),
  errors: ["request.not_found"],
});
export const getLogKey = endpoint({
  ...open,
  path: "/ledger/logs/:log/key",
  summary: "Verifier key of one log (C2SP signed-note)",
  params: OfLog,
  contentType: "text/plain; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});
