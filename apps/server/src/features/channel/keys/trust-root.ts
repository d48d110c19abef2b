import { openTrustRoot, type TrustRoot } from "@gatehouse/secure-channel";
import { type MasterKey, trustRootSeed } from "../../../platform/secrets/index.ts";

/**
 * The key that vouches for the server's keys and its revocations, and that every device keeps from its enrolment on.
 * Derived from the master key: no second file to lose, and a restored backup has it too.
 */
export const trustRootOf = (masterKey: MasterKey): TrustRoot => openTrustRoot(trustRootSeed(masterKey));
