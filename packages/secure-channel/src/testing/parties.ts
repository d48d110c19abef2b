import { type Random, seededRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  type KeyBundle,
  type SealRequest,
  type SuiteId,
} from "../index.ts";

export interface Parties {
  readonly device: KeyBundle;
  readonly server: KeyBundle;
  readonly random: Random;
  /** A request from device to server that is complete; given parts replace its own. */
  request(parts?: Partial<SealRequest>): SealRequest;
}

/** A device and a server of one suite, repeatable from the seed. */
export function createParties(suite: SuiteId, seed = 1): Parties {
  const random = seededRandom(seed);
  const device = generateKeyBundle(suite, random);
  const server = generateKeyBundle(suite, random);
  return {
    device,
    server,
    random,
    request: (parts = {}) => ({
      sender: device,
      recipient: server,
      contentType: CONTENT_TYPES.meterReading,
      sequence: 1n,
      sentMs: 1_800_000_000_000,
      bootId: 7,
      payload: new TextEncoder().encode('{"energy":1234.5}'),
      ...parts,
    }),
  };
}
