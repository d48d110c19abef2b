// @peculiar/x509 reads decorator metadata when it is loaded: the polyfill comes first, in this one place.
import "reflect-metadata";
import type { Random, UnixMs } from "@gatehouse/base";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKey,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

export {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  PublicKey,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from "@peculiar/x509";

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export const DAY_MS = 24 * 3600 * 1000;
/** ECDSA over P-256 with SHA-256: what every TLS stack, a microcontroller's too, verifies. */
export const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export const newKeyPair = (): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> =>
  crypto.subtle.generateKey(P256, true, ["sign", "verify"]);

export async function exportPrivateKey(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
}

export interface CertificateContent {
  readonly subject: JsonName;
  readonly publicKey: CryptoKey | PublicKey;
  readonly issuer: {
    readonly name: JsonName | string;
    readonly publicKey: CryptoKey | PublicKey;
    readonly key: CryptoKey;
  };
  readonly notBeforeMs: UnixMs;
  readonly notAfterMs: UnixMs;
  /** True for the root: signs certificates and nothing else; no authority may stand between it and a leaf. */
  readonly authority: boolean;
  readonly extensions: readonly Extension[];
}

/** A certificate after RFC 5280 §4: key identifiers, critical key usage and basic constraints, random serial number. */
export async function signCertificate(content: CertificateContent, random: Random): Promise<X509Certificate> {
  const usage = content.authority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature;
  return X509CertificateGenerator.create({
    serialNumber: newSerialNumber(random),
    subject: content.subject,
    issuer: content.issuer.name,
    publicKey: content.publicKey,
    signingKey: content.issuer.key,
    signingAlgorithm: P256,
    notBefore: wholeSecond(content.notBeforeMs),
    notAfter: wholeSecond(content.notAfterMs),
    extensions: [
      content.authority
        ? new BasicConstraintsExtension(true, 0, true)
        : new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(usage, true),
      await SubjectKeyIdentifierExtension.create(content.publicKey),
      await AuthorityKeyIdentifierExtension.create(content.issuer.publicKey),
      ...content.extensions,
    ],
  });
}

/** 16 random bytes, positive and without leading zeros (RFC 5280 §4.1.2.2 allows 20). */
function newSerialNumber(random: Random): string {
  const bytes = random.bytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

/** X.509 times have no fraction of a second (RFC 5280 §4.1.2.5.2). */
const wholeSecond = (ms: UnixMs): Date => new Date(Math.floor(ms / 1000) * 1000);
