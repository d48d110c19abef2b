import type { UnixMs } from "@gatehouse/base";
import type { channel } from "@gatehouse/contract";
import {
  generateKeyBundle,
  importKeyBundle,
  type KeyBundle,
  SUITE_IDS,
  type SuiteId,
  signServerKey,
  type TrustRoot,
} from "@gatehouse/secure-channel";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import { type ChannelContext, toBase64url } from "../context.ts";
import type { ChannelDatabase } from "../tables.ts";
import {
  deleteAllServerKeys,
  deleteEndedServerKeys,
  insertServerKey,
  listServerKeyRows,
  type ServerKeyRow,
  updateServerKey,
} from "./server-key-store.ts";

const DAY_MS = 86_400_000;
const ROTATE_EVERY_MS = 90 * DAY_MS;
/** How long messages to a key are taken after its successor came into use: a sensor may sleep for weeks. */
const OVERLAP_MS = 30 * DAY_MS;
const SUITES: readonly SuiteId[] = Object.values(SUITE_IDS);
const PRIVATE_BYTES = 32;

/** A server bundle with its private keys. */
export interface ServerKey {
  readonly bundle: KeyBundle;
  readonly state: ServerKeyRow["state"];
  readonly notBeforeMs: UnixMs;
  readonly notAfterMs: UnixMs;
  /** The trust root's, over keys and times. */
  readonly signature: Uint8Array;
}

export interface ServerKeysDeps {
  readonly context: ChannelContext;
  readonly root: TrustRoot;
  /** 32 bytes, for the private halves at rest. */
  readonly sealKey: Uint8Array;
}

/**
 * The installation's own bundles: of each suite one in use and the one that follows, both vouched for by the trust
 * root, so that a device learns the next key before it is needed; and the ones before, while late messages may
 * still be addressed to them. In memory; a change is committed first.
 */
export class ServerKeys {
  readonly #deps: ServerKeysDeps;
  #keys = new Map<string, ServerKey>();
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: ServerKeysDeps) {
    this.#deps = deps;
  }

  /** Reads the keys, and makes those that are missing. */
  load(): Promise<void> {
    return this.#change(async (tx, nowMs) => {
      const rows = await listServerKeyRows(tx);
      for (const suite of SUITES) {
        if (!rows.some((row) => row.suite === suite)) await this.#insertPair(tx, suite, nowMs);
      }
    });
  }

  /** After a restore: what was addressed to the old keys is not read any more, by anybody. */
  renewAll(): Promise<void> {
    return this.#change(async (tx, nowMs) => {
      await deleteAllServerKeys(tx);
      for (const suite of SUITES) await this.#insertPair(tx, suite, nowMs);
    });
  }

  /** The next key comes into use now, and another one follows it. */
  rotate(suite: SuiteId): Promise<void> {
    return this.#change((tx, nowMs) => this.#rotate(tx, suite, nowMs));
  }

  /** Rotates what is due and forgets what nobody may use any more. */
  upkeep(): Promise<void> {
    return this.#change(async (tx, nowMs) => {
      for (const suite of SUITES) {
        if (this.get(suite, "next").notBeforeMs <= nowMs) await this.#rotate(tx, suite, nowMs);
      }
      await deleteEndedServerKeys(tx, nowMs);
    });
  }

  get(suite: SuiteId, state: "current" | "next"): ServerKey {
    for (const key of this.#keys.values()) if (key.bundle.suite === suite && key.state === state) return key;
    throw new Error("server keys are not loaded");
  }

  /** Whom a message may be addressed to: the keys in use, the ones that follow, and old ones within their overlap. */
  findRecipient(keyId: string): KeyBundle | undefined {
    const key = this.#keys.get(keyId);
    if (key === undefined) return undefined;
    const isOver = key.state === "retired" && key.notAfterMs <= this.#deps.context.clock.nowMs();
    return isOver ? undefined : key.bundle;
  }

  list(): ServerKey[] {
    return [...this.#keys.values()];
  }

  view(suite: SuiteId): channel.ServerKeySet {
    return {
      suite,
      current: viewServerKey(this.get(suite, "current")),
      next: viewServerKey(this.get(suite, "next")),
    };
  }

  async #rotate(tx: ChannelDatabase, suite: SuiteId, nowMs: UnixMs): Promise<void> {
    const [current, next] = [this.get(suite, "current"), this.get(suite, "next")];
    await updateServerKey(tx, current.bundle.keyId, {
      ...current,
      state: "retired",
      notAfterMs: Math.min(current.notAfterMs, nowMs + OVERLAP_MS),
    });
    const notBeforeMs = Math.min(next.notBeforeMs, nowMs);
    const times = { notBeforeMs, notAfterMs: notBeforeMs + ROTATE_EVERY_MS + OVERLAP_MS };
    await updateServerKey(tx, next.bundle.keyId, {
      ...times,
      state: "current",
      signature: this.#sign(next.bundle, times),
    });
    await this.#insert(tx, suite, "next", notBeforeMs + ROTATE_EVERY_MS);
    const data = { suite, from: current.bundle.keyId, to: next.bundle.keyId };
    const subject = { kind: "server_key", id: next.bundle.keyId };
    await this.#deps.context.audit.record(tx, { kind: "key.rotated", tenantId: undefined, subject, data });
    this.#deps.context.log.info({ suite, keyId: next.bundle.keyId }, "channel.server_key_rotated");
  }

  async #insertPair(tx: ChannelDatabase, suite: SuiteId, nowMs: UnixMs): Promise<void> {
    await this.#insert(tx, suite, "current", nowMs);
    await this.#insert(tx, suite, "next", nowMs + ROTATE_EVERY_MS);
  }

  async #insert(
    tx: ChannelDatabase,
    suite: SuiteId,
    state: "current" | "next",
    notBeforeMs: UnixMs,
  ): Promise<void> {
    const { context, sealKey } = this.#deps;
    const bundle = generateKeyBundle(suite, context.random);
    const secrets = Buffer.concat([
      bundle.agreementPair.privateKey.reveal(),
      bundle.signingPair.privateKey.reveal(),
    ]);
    const times = { notBeforeMs, notAfterMs: notBeforeMs + ROTATE_EVERY_MS + OVERLAP_MS };
    await insertServerKey(tx, {
      keyId: bundle.keyId,
      suite,
      state,
      agreementKey: bundle.agreement.raw,
      signingKey: bundle.signing.raw,
      sealed: sealSecret(sealKey, secrets, sealContext(bundle.keyId), context.random),
      ...times,
      signature: this.#sign(bundle, times),
    });
  }

  #sign(bundle: KeyBundle, times: { notBeforeMs: UnixMs; notAfterMs: UnixMs }): Uint8Array {
    const { suite, agreement, signing } = bundle;
    return signServerKey(this.#deps.root, {
      suite,
      agreementKey: agreement.raw,
      signingKey: signing.raw,
      ...times,
    });
  }

  #change(act: (tx: ChannelDatabase, nowMs: UnixMs) => Promise<void>): Promise<void> {
    const { db, clock } = this.#deps.context;
    const result = this.#turn.then(async () => {
      await db.transaction().execute((tx) => act(tx, clock.nowMs()));
      const rows = await listServerKeyRows(db);
      this.#keys = new Map(rows.map((row) => [row.keyId, this.#open(row)]));
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #open(row: ServerKeyRow): ServerKey {
    const { suite, keyId, sealed, state, notBeforeMs, notAfterMs, signature } = row;
    const secrets = openSecret(this.#deps.sealKey, sealed, sealContext(keyId));
    const bundle = importKeyBundle(
      suite,
      secrets.subarray(0, PRIVATE_BYTES),
      secrets.subarray(PRIVATE_BYTES),
    );
    if (bundle?.keyId !== keyId) throw new Error("a stored server key is not the one it is named after");
    return { bundle, state, notBeforeMs, notAfterMs, signature };
  }
}

const sealContext = (keyId: string): string => `channel-server-key/${keyId}`;

const viewServerKey = ({ bundle, notBeforeMs, notAfterMs, signature }: ServerKey): channel.ServerKey => ({
  suite: bundle.suite,
  keyId: bundle.keyId,
  agreementKey: toBase64url(bundle.agreement.raw),
  signingKey: toBase64url(bundle.signing.raw),
  notBeforeMs,
  notAfterMs,
  signature: toBase64url(signature),
});
