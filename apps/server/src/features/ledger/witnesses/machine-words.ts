import { MAX_KEY_NAME_LENGTH } from "@gatehouse/ledger";
import { type Static, Type } from "typebox";

const VerifierKey = Type.String({ minLength: 20, maxLength: MAX_KEY_NAME_LENGTH + 100 });

/** What a machine cosigned last. */
const Kept = Type.Object({
  log: VerifierKey,
  size: Type.Integer({ minimum: 0 }),
  root: Type.String({ maxLength: 44 }),
  note: Type.Optional(Type.String({ maxLength: 4_096 })),
});
export type Kept = Static<typeof Kept>;

const word = <T extends string>(say: T) => ({ kind: Type.Literal("witness"), say: Type.Literal(say) });

/** Content type 10, up (docs/witnesses.md). */
export const MachineWord = Type.Union([
  Type.Object({ ...word("ready"), key: VerifierKey, kept: Type.Optional(Kept) }),
  Type.Object(word("off")),
  Type.Object({
    ...word("cosigned"),
    size: Type.Integer({ minimum: 0 }),
    line: Type.String({ maxLength: 1_024 }),
  }),
  Type.Object({
    ...word("refused"),
    reason: Type.String({ pattern: "^[a-z_]{1,32}$" }),
    kept: Type.Optional(Kept),
  }),
]);
export type MachineWord = Static<typeof MachineWord>;

/** What a machine answers to a request. */
export type MachineAnswer = Extract<MachineWord, { say: "cosigned" | "refused" }>;
