import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { IdParams, line, object, UnixMs, Uuid, Word } from "./schemas.ts";

/** What a person reads of an attack, in one language. */
const LabText = object({
  title: Type.String(),
  what: Type.String(),
  steps: Type.Array(Type.String()),
  /** The control that must stop it. */
  control: Type.String(),
  /** How it is decided whether it succeeded. */
  measured: Type.String(),
});

export const LabAttack = object({
  name: Word,
  control: Word,
  texts: object({ en: LabText, fr: LabText }),
});
export type LabAttack = Static<typeof LabAttack>;

export const LabVerdict = object({
  /** The attacker reached the goal. */
  succeeded: Type.Boolean(),
  tookMs: Type.Integer({ minimum: 0 }),
  evidence: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});
export type LabVerdict = Static<typeof LabVerdict>;

/** One attack of a run: against a site with every control on, then with its own control off. */
export const LabEntry = object({
  attack: Word,
  withControl: Type.Optional(LabVerdict),
  withoutControl: Type.Optional(LabVerdict),
});
export type LabEntry = Static<typeof LabEntry>;

export const LabRun = object({
  id: Uuid,
  startedMs: UnixMs,
  endedMs: Type.Optional(UnixMs),
  byName: Type.String(),
  /** broken: it ended by itself before its end; the last line says why. */
  state: Type.Union([
    Type.Literal("running"),
    Type.Literal("passed"),
    Type.Literal("failed"),
    Type.Literal("cancelled"),
    Type.Literal("broken"),
  ]),
  entries: Type.Array(LabEntry, { maxItems: 64 }),
});
export type LabRun = Static<typeof LabRun>;

export const LabLine = object({
  /** Position in the run, from 1. */
  seq: Type.Integer({ minimum: 1 }),
  atMs: UnixMs,
  attack: Type.String(),
  /** False: the attack's control is off. */
  control: Type.Boolean(),
  side: Type.Union([Type.Literal("attacker"), Type.Literal("site"), Type.Literal("lab")]),
  text: Type.String(),
});
export type LabLine = Static<typeof LabLine>;

/** Where a run is now. */
export const LabPosition = object({
  attack: Type.String(),
  control: Type.Boolean(),
  step: Type.Integer({ minimum: 0 }),
  doneRatio: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type LabPosition = Static<typeof LabPosition>;

export const listAttacks = endpoint({
  method: "GET",
  path: "/api/v1/lab/attacks",
  tag: "attack lab",
  audience: "operator",
  permission: "lab.read",
  summary: "Attacks of the lab, in both languages",
  reply: object({ items: Type.Array(LabAttack) }),
  errors: ["lab.unavailable"],
});
export const listLabRuns = endpoint({
  method: "GET",
  path: "/api/v1/lab/runs",
  tag: "attack lab",
  audience: "operator",
  permission: "lab.read",
  summary: "Runs of the lab, newest first; the last 50 are kept",
  reply: object({ items: Type.Array(LabRun) }),
});
export const startLabRun = endpoint({
  method: "POST",
  path: "/api/v1/lab/runs",
  tag: "attack lab",
  audience: "operator",
  permission: "lab.run",
  records: ["lab.run"],
  summary: "Run attacks against a server of its own on this machine; this server is never weakened",
  body: object({
    /** All of them unless given. */
    attacks: Type.Optional(Type.Array(line(40), { minItems: 1, maxItems: 64, uniqueItems: true })),
  }),
  reply: LabRun,
  status: 201,
  errors: ["lab.running", "lab.attack_not_found", "lab.unavailable"],
});
export const getLabRun = endpoint({
  method: "GET",
  path: "/api/v1/lab/runs/:id",
  tag: "attack lab",
  audience: "operator",
  permission: "lab.read",
  resource: { kind: "lab_run", param: "id" },
  summary: "A run with what both sides said",
  params: IdParams,
  reply: object({
    run: LabRun,
    position: Type.Optional(LabPosition),
    lines: Type.Array(LabLine),
  }),
  errors: ["lab.run_not_found"],
});
export const cancelLabRun = endpoint({
  method: "POST",
  path: "/api/v1/lab/runs/:id/cancel",
  tag: "attack lab",
  audience: "operator",
  permission: "lab.run",
  resource: { kind: "lab_run", param: "id" },
  records: ["lab.run"],
  summary: "End a run; its site goes with it",
  params: IdParams,
  reply: object({}),
  errors: ["lab.run_not_found"],
});
