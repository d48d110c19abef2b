import { MAX_ADD_CHECKPOINT_LENGTH, type WitnessRefusal } from "@gatehouse/ledger";
import { type Static, Type } from "typebox";

const VerifierKey = Type.String({ minLength: 20, maxLength: 400 });
/** A certificate and a seam have one or two signatures. */
const SmallNote = Type.String({ maxLength: 4_096 });

/** Content type 10, down: cosign this checkpoint (docs/witnesses.md). */
export const WitnessRequest = Type.Object({
  kind: Type.Literal("witness"),
  /** Verifier key of the trust root, by its name in notes. */
  root: VerifierKey,
  /** By which the root says that a key signs for its log. */
  certificate: SmallNote,
  /** Body of C2SP tlog-witness, add-checkpoint. */
  request: Type.String({ maxLength: MAX_ADD_CHECKPOINT_LENGTH }),
  /** By which the root says that the owner acknowledged a restart. */
  seam: Type.Optional(SmallNote),
});
export type WitnessRequest = Static<typeof WitnessRequest>;

/** What the last cosigned checkpoint was; absent before the first. */
export interface Kept {
  /** Verifier key of the log. */
  readonly log: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The checkpoint as the log signed it. */
  readonly note?: string;
}

/** Why this machine does not cosign: a word of C2SP tlog-witness, or that the request is none. */
export type Refusal = WitnessRefusal | "malformed" | "not_certified";

/** Content type 10, up. */
export type WitnessWord =
  /** At the start of each session: asks to be asked, under this key. */
  | { readonly kind: "witness"; readonly say: "ready"; readonly key: string; readonly kept?: Kept }
  | { readonly kind: "witness"; readonly say: "off" }
  | { readonly kind: "witness"; readonly say: "cosigned"; readonly size: number; readonly line: string }
  | {
      readonly kind: "witness";
      readonly say: "refused";
      readonly reason: Refusal;
      readonly kept?: Kept;
    };
