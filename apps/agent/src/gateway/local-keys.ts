import { AppError, type Random } from "@gatehouse/base";
import {
  generateKeyBundle,
  importKeyBundle,
  type KeyBundle,
  type KeyId,
  SUITE_IDS,
} from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";
import type { SiteKeysMessage } from "./messages.ts";

const Stored = Type.Array(
  Type.Object({
    suite: Type.Union([Type.Literal(1), Type.Literal(2)]),
    agreement: Type.String(),
    signing: Type.String(),
  }),
  { minItems: 2, maxItems: 2 },
);

/** What a device has to know to speak with this gateway; nothing in it is secret. */
export interface LocalKeyJson {
  readonly suite: number;
  readonly keyId: KeyId;
  readonly agreementKey: string;
  readonly signingKey: string;
  /** By the installation's trust root, since the server has vouched for it. */
  readonly voucher?: VoucherJson;
}

const VouchersJson = Type.Array(
  Type.Object({
    keyId: Type.String(),
    gatewayId: Type.String(),
    issuedMs: Type.Integer(),
    signature: Type.String(),
  }),
  { maxItems: 8 },
);
type VoucherJson = Omit<Static<typeof VouchersJson>[number], "keyId">;

/**
 * The keys that devices at the site address when they speak to the gateway itself: one bundle of each suite, made here
 * and never changed, so that a device can know them by heart. The server knows the gateway by other keys.
 */
export class LocalKeys {
  readonly #state: Pick<StateFolder, "read" | "write">;
  readonly #bundles: readonly KeyBundle[];
  #vouchers: Static<typeof VouchersJson> = [];

  private constructor(state: Pick<StateFolder, "read" | "write">, bundles: readonly KeyBundle[]) {
    this.#state = state;
    this.#bundles = bundles;
  }

  /** Refuses `secret.unreadable` when the file is damaged: devices would not know other keys. */
  static async open(state: Pick<StateFolder, "read" | "write">, random: Random): Promise<LocalKeys> {
    const bytes = await state.read("gateway-keys.json");
    if (bytes !== undefined) {
      const keys = new LocalKeys(state, parse(bytes));
      const vouchers = await state.read("gateway-vouchers.json");
      const stored: unknown = vouchers && JSON.parse(Buffer.from(vouchers).toString());
      if (Check(VouchersJson, stored)) keys.#vouchers = stored;
      return keys;
    }
    const bundles = [SUITE_IDS.M1, SUITE_IDS.C1].map((suite) => generateKeyBundle(suite, random));
    await state.write("gateway-keys.json", Buffer.from(JSON.stringify(bundles.map(encode))));
    return new LocalKeys(state, bundles);
  }

  find(keyId: KeyId): KeyBundle | undefined {
    return this.#bundles.find((bundle) => bundle.keyId === keyId);
  }

  get published(): readonly LocalKeyJson[] {
    return this.#bundles.map(({ suite, keyId, agreement, signing }) => {
      const voucher = this.#vouchers.find((one) => one.keyId === keyId);
      const { gatewayId, issuedMs, signature } = voucher ?? {};
      return {
        suite,
        keyId,
        agreementKey: Buffer.from(agreement.raw).toString("base64url"),
        signingKey: Buffer.from(signing.raw).toString("base64url"),
        ...(gatewayId && issuedMs && signature ? { voucher: { gatewayId, issuedMs, signature } } : {}),
      };
    });
  }

  /** What the server is told of them. */
  get announcement(): object {
    const keys = this.published.map(({ suite, agreementKey, signingKey }) => ({
      suite,
      agreementKey,
      signingKey,
    }));
    return { kind: "site-keys", keys };
  }

  /** The server vouches for them; kept, for devices come while it is away. */
  async take({ gatewayId, issuedMs, keys }: SiteKeysMessage): Promise<void> {
    this.#vouchers = keys
      .filter(({ keyId }) => this.find(keyId) !== undefined)
      .map(({ keyId, signature }) => ({ keyId, gatewayId, issuedMs, signature }));
    await this.#state.write("gateway-vouchers.json", Buffer.from(JSON.stringify(this.#vouchers)));
  }
}

const encode = ({ suite, agreementPair, signingPair }: KeyBundle): Static<typeof Stored>[number] => ({
  suite,
  agreement: Buffer.from(agreementPair.privateKey.reveal()).toString("base64url"),
  signing: Buffer.from(signingPair.privateKey.reveal()).toString("base64url"),
});

function parse(bytes: Uint8Array): KeyBundle[] {
  const stored: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!Check(Stored, stored)) throw new AppError("secret.unreadable");
  return stored.map(({ suite, agreement, signing }) => {
    const [agreementRaw, signingRaw] = [agreement, signing].map(
      (text) => new Uint8Array(Buffer.from(text, "base64url")),
    ) as [Uint8Array, Uint8Array];
    const bundle = importKeyBundle(suite, agreementRaw, signingRaw);
    if (bundle === undefined) throw new AppError("secret.unreadable");
    return bundle;
  });
}
