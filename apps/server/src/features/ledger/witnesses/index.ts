import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import { createVerifierKey, encodeVerifierKey, KEY_TYPES, type Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Controls } from "../../../platform/controls.ts";
import type { Route } from "../../../platform/http/route.ts";
import { fetchPinned } from "../../../platform/outgoing/index.ts";
import { deriveKey, ed25519Signer, type MasterKey } from "../../../platform/secrets/index.ts";
import type { LogStore } from "../log-store.ts";
import type { LedgerPeople, LedgerSettings, WitnessLinks } from "../ports.ts";
import type { ProofService } from "../reading/proof-service.ts";
import type { LedgerDatabase } from "../tables.ts";
import { MachineDesk } from "./machine-desk.ts";
import { WitnessAsker } from "./witness-asker.ts";
import { WitnessDesk } from "./witness-desk.ts";
import type { PostText, ReplyDeps } from "./witness-replies.ts";
import { witnessRoutes } from "./witness-routes.ts";
import { WitnessStore } from "./witness-store.ts";
import { type WitnessNeed, WitnessWatch } from "./witness-watch.ts";
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

export interface WitnessDeps extends Pick<ReplyDeps, "signerOf" | "root" | "seamFor"> {
  readonly db: LedgerDatabase;
  readonly logs: LogStore;
  readonly proofs: ProofService;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly masterKey: MasterKey;
  readonly installationName: string;
  readonly people: LedgerPeople;
  readonly settings: LedgerSettings;
  readonly links: WitnessLinks;
  readonly controls: Controls;
}

export interface Witnesses {
  readonly asker: WitnessAsker;
  readonly desk: WitnessDesk;
  /** What our own machines say. */
  readonly machines: Pick<MachineDesk, "said">;
  /** Witnesses that refuse or are silent, as far as people of this organisation are concerned. */
  needs(tenantId: Uuid): Promise<WitnessNeed[]>;
  /** Cosignatures of old checkpoints. */
  forgetBefore(atMs: UnixMs): Promise<void>;
  /** Verifier key under which this installation cosigns the logs of others. */
  readonly ownKey: string;
  readonly routes: readonly Route[];
}

/** Both sides: those who cosign this log, and the logs of others that this installation cosigns. */
export function createWitnesses(deps: WitnessDeps, post: PostText = postText): Witnesses {
  const { db, clock, random, masterKey, installationName, people, links, controls } = deps;
  const signer = witnessSigner(masterKey, installationName, "witness", KEY_TYPES.cosignature);
  const acknowledger = witnessSigner(masterKey, installationName, "owner", KEY_TYPES.note);
  const store = new WitnessStore(db);
  const machines = new MachineDesk({ ...deps, store, machines: links });
  const nameOf = (deviceId: Uuid): string | undefined => links.find(deviceId)?.name;
  const watch = new WitnessWatch({ ...deps, store, notices: links, nameOf });
  const asker = new WitnessAsker({ ...deps, store, machines, watch, post });
  const desk = new WitnessDesk({
    store: new WitnessedStore(db),
    clock,
    random,
    signer,
    acknowledger,
    controls,
  });
  const ownKey = encodeVerifierKey(signer.key);
  return {
    asker,
    desk,
    machines,
    ownKey,
    needs: async (tenantId) => watch.needsOf(await asker.list(), tenantId, await people.isHost(tenantId)),
    forgetBefore: (atMs) => store.forgetCosignatures(atMs),
    routes: witnessRoutes({ ...deps, asker, desk, watch, signer }),
  };
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
