import type { Clock, Logger, Random } from "@gatehouse/base";
import { createVerifierKey, encodeVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Route } from "../../../platform/http/route.ts";
import { fetchPinned } from "../../../platform/outgoing/index.ts";
import { deriveKey, ed25519Signer, type MasterKey } from "../../../platform/secrets/index.ts";
import type { LogStore } from "../log-store.ts";
import type { ProofService } from "../reading/proof-service.ts";
import type { LedgerDatabase } from "../tables.ts";
import { type PostText, WitnessAsker } from "./witness-asker.ts";
import { WitnessDesk } from "./witness-desk.ts";
import { witnessRoutes } from "./witness-routes.ts";
import { WitnessStore } from "./witness-store.ts";
import { WitnessedStore } from "./witnessed-store.ts";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;

/** Loopback and private addresses too: the neighbour's installation may be on the same wire. */
const postText: PostText = async (url, body) => {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  const options = { allowPrivate: true, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES };
  const reply = await fetchPinned(url, { method: "POST", headers, body }, options);
  return { status: reply.status, body: Buffer.from(reply.body).toString("utf8") };
};

export interface WitnessDeps {
  readonly db: LedgerDatabase;
  readonly logs: LogStore;
  readonly proofs: ProofService;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly masterKey: MasterKey;
  readonly installationName: string;
}

export interface Witnesses {
  readonly asker: WitnessAsker;
  readonly desk: WitnessDesk;
  /** Verifier key under which this installation cosigns the logs of others. */
  readonly ownKey: string;
  readonly routes: readonly Route[];
}

/** Both sides: those who cosign this log, and the logs of others that this installation cosigns. */
export function createWitnesses(deps: WitnessDeps, post: PostText = postText): Witnesses {
  const { db, logs, proofs, clock, random, log, audit, masterKey, installationName } = deps;
  const signer = witnessSigner(masterKey, installationName, "witness", KEY_TYPES.cosignature);
  const acknowledger = witnessSigner(masterKey, installationName, "owner", KEY_TYPES.note);
  const asker = new WitnessAsker({ store: new WitnessStore(db), logs, proofs, clock, random, log, post });
  const desk = new WitnessDesk({ store: new WitnessedStore(db), clock, random, signer, acknowledger });
  const ownKey = encodeVerifierKey(signer.key);
  return { asker, desk, ownKey, routes: witnessRoutes({ db, clock, audit, asker, desk, signer }) };
}

/** A key of its own for each purpose, from the master key: a restored backup has it too. */
function witnessSigner(
  master: MasterKey,
  installationName: string,
  purpose: "witness" | "owner",
  type: (typeof KEY_TYPES)[keyof typeof KEY_TYPES],
): Signer {
  const { publicKey, sign } = ed25519Signer(deriveKey(master, `ledger/${purpose}`));
  return { key: createVerifierKey(`${installationName}/${purpose}`, type, publicKey), sign };
}
