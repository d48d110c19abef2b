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
}

/**
 * The keys that devices at the site address when they speak to the gateway itself: one bundle of each suite, made here
 * and never changed, so that a device can know them by heart. The server knows the gateway by other keys.
 */
export class LocalKeys {
  readonly #bundles: readonly KeyBundle[];

  private constructor(bundles: readonly KeyBundle[]) {
    this.#bundles = bundles;
  }

  /** Refuses `secret.unreadable` when the file is damaged: devices would not know other keys. */
  static async open(state: Pick<StateFolder, "read" | "write">, random: Random): Promise<LocalKeys> {
    const bytes = await state.read("gateway-keys.json");
    if (bytes !== undefined) return new LocalKeys(parse(bytes));
    const bundles = [SUITE_IDS.M1, SUITE_IDS.C1].map((suite) => generateKeyBundle(suite, random));
    await state.write("gateway-keys.json", Buffer.from(JSON.stringify(bundles.map(encode))));
    return new LocalKeys(bundles);
  }

  find(keyId: KeyId): KeyBundle | undefined {
    return this.#bundles.find((bundle) => bundle.keyId === keyId);
  }

  get published(): readonly LocalKeyJson[] {
    return this.#bundles.map(({ suite, keyId, agreement, signing }) => ({
      suite,
      keyId,
      agreementKey: Buffer.from(agreement.raw).toString("base64url"),
      signingKey: Buffer.from(signing.raw).toString("base64url"),
    }));
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
