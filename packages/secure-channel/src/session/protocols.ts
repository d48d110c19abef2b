import { IK, type NoiseProtocol } from "../noise/protocol.ts";
import { SUITE_IDS, type SuiteId } from "../suite-ids.ts";
import { suiteOf } from "../suites.ts";
import { cbcHmacAead, gcmAead } from "./aeads.ts";

const M1: NoiseProtocol = {
  name: "Noise_IK_25519_AESGCM_SHA256",
  pattern: IK,
  dh: suiteOf(SUITE_IDS.M1).dh,
  aead: gcmAead,
};

/** Not a name of the Noise specification: DH is the x-coordinate, the cipher is docs/channel.md's. */
const C1: NoiseProtocol = {
  name: "Noise_IK_secp256k1_AESCBCHMAC_SHA256",
  pattern: IK,
  dh: suiteOf(SUITE_IDS.C1).dh,
  aead: cbcHmacAead,
};

export const sessionProtocolOf = (suite: SuiteId): NoiseProtocol => (suite === SUITE_IDS.M1 ? M1 : C1);
