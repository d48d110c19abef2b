import type { ErrorCode, Uuid } from "@gatehouse/base";
import { importPublicBundle, isSuiteId } from "@gatehouse/secure-channel";
import { encodeControl, type SiteGatewayContext } from "./context.ts";
import type { SiteKeysMessage } from "./model.ts";
import type { KnownDevice } from "./ports.ts";
import { loadSiteKeyIds, replaceSiteKeys, type SiteKey } from "./site-key-store.ts";

const fromBase64url = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));
const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/**
 * The keys by which gateways are known at their sites. A gateway says which they are in each session; we remember them,
 * because what it forwards must be addressed to one, and vouch for them, so that a device need not believe the network.
 */
export class SiteKeys {
  readonly #context: SiteGatewayContext;
  readonly #byGateway = new Map<Uuid, ReadonlySet<string>>();

  constructor(context: SiteGatewayContext) {
    this.#context = context;
  }

  async load(): Promise<void> {
    const all = Map.groupBy(await loadSiteKeyIds(this.#context.db), ({ gatewayId }) => gatewayId);
    for (const [gatewayId, keys] of all)
      this.#byGateway.set(gatewayId, new Set(keys.map(({ keyId }) => keyId)));
  }

  /** From memory, for every message that is forwarded. */
  has(gatewayId: Uuid, keyId: string): boolean {
    return this.#byGateway.get(gatewayId)?.has(keyId) ?? false;
  }

  /** Resolves after they are stored; the gateway is told our signature under each. */
  async take(gateway: KnownDevice, message: SiteKeysMessage): Promise<ErrorCode | undefined> {
    const { db, clock, sessions, signSiteKey } = this.#context;
    const keys: SiteKey[] = [];
    for (const { suite, ...texts } of message.keys) {
      const [agreementKey, signingKey] = [fromBase64url(texts.agreementKey), fromBase64url(texts.signingKey)];
      const bundle = isSuiteId(suite) ? importPublicBundle(suite, agreementKey, signingKey) : undefined;
      if (bundle === undefined || keys.some((key) => key.suite === suite)) return "message.schema";
      keys.push({ suite, keyId: bundle.keyId, agreementKey, signingKey });
    }
    const { deviceId: gatewayId } = gateway;
    const issuedMs = clock.nowMs();
    await replaceSiteKeys(db, gateway, keys, issuedMs);
    this.#byGateway.set(gatewayId, new Set(keys.map(({ keyId }) => keyId)));
    const signed = keys.map(({ suite, keyId, agreementKey, signingKey }) => ({
      suite,
      keyId,
      signature: toBase64url(signSiteKey({ gatewayId, suite, agreementKey, signingKey, issuedMs })),
    }));
    sessions.send(gatewayId, encodeControl({ kind: "site-keys", gatewayId, issuedMs, keys: signed }));
    return undefined;
  }

  forget(gatewayId: Uuid): void {
    this.#byGateway.delete(gatewayId);
  }
}
