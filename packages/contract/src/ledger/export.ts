import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, UnixMs, Uuid } from "../schemas.ts";
import { LEDGER_KIND_NAMES, type LedgerKind } from "./kinds.ts";
import { OUTCOMES, type Outcome } from "./outcome.ts";

const Index = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Which events an export holds; every member narrows. */
export const LedgerExportRequest = object({
  /** Number of the log; the one that grows unless told. */
  log: Type.Optional(Type.Integer({ minimum: 1 })),
  fromIndex: Type.Optional(Index),
  /** Not included. */
  toIndex: Type.Optional(Index),
  fromMs: Type.Optional(UnixMs),
  toMs: Type.Optional(UnixMs),
  kinds: Type.Optional(
    Type.Array(Type.Unsafe<LedgerKind>(Type.Union(LEDGER_KIND_NAMES.map((kind) => Type.Literal(kind)))), {
      minItems: 1,
      maxItems: 100,
    }),
  ),
  outcome: Type.Optional(Type.Unsafe<Outcome>(Type.Union(OUTCOMES.map((outcome) => Type.Literal(outcome))))),
  actor: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9-]{1,64}$" })),
  subject: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9._:@/-]{1,128}$" })),
  /** Of a person, a device or another thing: what it did, and what was done to it. */
  about: Type.Optional(Uuid),
  /** Also the texts about people that are not erased, with the salts that open them. */
  reveal: Type.Boolean(),
});
export type LedgerExportRequest = Static<typeof LedgerExportRequest>;

export const exportLedger = endpoint({
  method: "POST",
  path: "/api/v1/ledger/export",
  tag: "ledger",
  audience: "operator",
  permission: "ledger.export",
  stepUp: true,
  records: ["ledger.exported"],
  summary: "A zip of events with proofs, and two programs that verify it without asking anybody",
  body: LedgerExportRequest,
  contentType: "application/zip",
  reply: Type.String(),
  perMinute: 10,
  errors: ["ledger.range_invalid", "ledger.export_too_large"],
});

const open = { method: "GET", tag: "ledger", audience: "public" } as const;

export const getLedgerTrust = endpoint({
  ...open,
  path: "/api/v1/ledger/trust",
  summary: "What a reader compares: the root's fingerprint, and the digests of the verifiers of this release",
  reply: object({
    /** First 16 bytes of SHA-256 of the root's public key, hex in groups of four. */
    fingerprint: Type.String(),
    /** The same fingerprint, to be read aloud. */
    words: Type.Array(Type.String()),
    /** C2SP signed note, verifier key. */
    rootKey: Type.String(),
    /** Signed note by which the root vouches for the key that signs manifests of recordings. */
    recordingsCertificate: Type.String(),
    verifiers: Type.Array(object({ name: Type.String(), sha256: Type.String() })),
  }),
});

export const getVerifyPage = endpoint({
  ...open,
  path: "/ledger/verify.html",
  summary: "The page that verifies exports without a network: the same bytes for everybody",
  contentType: "text/html; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});

export const getVerifyPageHere = endpoint({
  ...open,
  path: "/verify",
  summary: "The same page, to be used here; it shows this installation's fingerprint",
  contentType: "text/html; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});

export const getVerifyWorker = endpoint({
  ...open,
  path: "/verify-worker.js",
  summary: "Keeps that page in a browser for a time without a network",
  contentType: "text/javascript; charset=utf-8",
  reply: Type.String(),
  errors: ["request.not_found"],
});
