import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { object, text, UnixMs, Uuid } from "./schemas.ts";

/** Groups of a code. */
const GROUPS = 7;
/** How many of them are typed back. */
export const KIT_GROUPS_ASKED = 2;

const operator = { tag: "recovery", audience: "operator" } as const;

export const RecoveryKitState = object({
  /** The kit that opens the backups of today; absent until one is confirmed. */
  kit: Type.Optional(object({ id: Uuid, madeMs: UnixMs })),
});
export type RecoveryKitState = Static<typeof RecoveryKitState>;

export const getRecoveryKit = endpoint({
  ...operator,
  method: "GET",
  path: "/api/v1/recovery-kit",
  permission: "installation.read",
  summary: "Whether there is a code on paper that gives the master key back",
  reply: RecoveryKitState,
});

/** What is printed; nothing of it can be read a second time. */
export const RecoveryKitDraft = object({
  id: Uuid,
  madeMs: UnixMs,
  groups: Type.Array(Type.String(), { minItems: GROUPS, maxItems: GROUPS }),
  /** Numbers of the groups to type back, the first is 1. */
  asked: Type.Array(Type.Integer({ minimum: 1, maximum: GROUPS }), { minItems: KIT_GROUPS_ASKED }),
});
export type RecoveryKitDraft = Static<typeof RecoveryKitDraft>;

export const draftRecoveryKit = endpoint({
  ...operator,
  method: "POST",
  path: "/api/v1/recovery-kit",
  permission: "installation.write",
  stepUp: true,
  perMinute: 10,
  summary: "A new code to print; it counts once two of its groups were typed back",
  body: object({}),
  reply: RecoveryKitDraft,
  status: 201,
  unrecorded: "nothing is kept before the code was typed back, which is recorded",
});

export const confirmRecoveryKit = endpoint({
  ...operator,
  method: "POST",
  path: "/api/v1/recovery-kit/:kitId/confirm",
  permission: "installation.write",
  perMinute: 20,
  summary:
    "The code is on paper: it opens the backups from now on, and the code before opens those of its time",
  params: object({ kitId: Uuid }),
  body: object({
    /** As asked for, in that order. */
    groups: Type.Array(text(20), { minItems: KIT_GROUPS_ASKED, maxItems: KIT_GROUPS_ASKED }),
  }),
  reply: RecoveryKitState,
  records: ["recovery_kit.made"],
  errors: ["recovery.code_wrong", "recovery.draft_ended"],
});
