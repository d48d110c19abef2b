import { ed25519 } from "./primitives/ed25519.ts";
import type { Dh, Signatures } from "./primitives/keys.ts";
import { ecdsa, secp256k1Dh } from "./primitives/secp256k1.ts";
import { x25519 } from "./primitives/x25519.ts";
import { SUITE_IDS, type SuiteId, type SuiteName } from "./suite-ids.ts";

/** The public-key half of a suite; what is done with it is in sealed/ and session/. */
export interface Suite {
  readonly id: SuiteId;
  readonly name: SuiteName;
  readonly dh: Dh;
  readonly signatures: Signatures;
}

const M1: Suite = { id: SUITE_IDS.M1, name: "M1", dh: x25519, signatures: ed25519 };
const C1: Suite = { id: SUITE_IDS.C1, name: "C1", dh: secp256k1Dh, signatures: ecdsa };

export const suiteOf = (id: SuiteId): Suite => (id === SUITE_IDS.M1 ? M1 : C1);
