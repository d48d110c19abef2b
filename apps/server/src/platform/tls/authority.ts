import { join } from "node:path";
import { AppError, type Clock, type Random } from "@gatehouse/base";
import {
  createPrivateFile,
  deriveKey,
  type MasterKey,
  openSecret,
  readPrivateFile,
  replacePrivateFile,
  sealSecret,
  sha256Hex,
} from "../secrets/index.ts";
import {
  type CertificateContent,
  DAY_MS,
  exportPrivateKey,
  newKeyPair,
  P256,
  PemConverter,
  signCertificate,
  X509Certificate,
} from "./x509.ts";

const VALID_DAYS = 3650;
/** A clock that is a little behind still takes a new certificate. */
export const BACKDATE_MS = DAY_MS;
const SEALED_KEY = "GATEHOUSE SEALED PRIVATE KEY";
const SEAL_CONTEXT = "tls/authority";

/** This installation's own certificate authority: signs its server certificates and its devices' certificates. */
export interface Authority {
  /** The root certificate, PEM: what browsers, devices and mosquitto_pub --cafile need. */
  readonly certificatePem: string;
  /** SHA-256 of the root certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly notAfterMs: number;
  sign(leaf: Omit<CertificateContent, "issuer" | "authority">): Promise<X509Certificate>;
}

export interface AuthoritySettings {
  /** An existing folder that only this user can enter. */
  readonly folder: string;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Reads `authority.pem` (root certificate and, sealed under the master key, its P-256 key, in one file so
 * that they cannot part), made on first need; `ca.crt` beside it is the certificate alone, to be copied.
 * Refuses `config.invalid` when the file is open to others or sealed under another master key.
 */
export async function openAuthority(settings: AuthoritySettings): Promise<Authority> {
  const { folder, random } = settings;
  const path = join(folder, "authority.pem");
  let stored = await readPrivateFile(path);
  if (stored === undefined) {
    await createPrivateFile(path, Buffer.from(await newAuthorityFile(settings)), random);
    stored = await readPrivateFile(path);
  }
  const { certificate, key } = await parseAuthorityFile(
    path,
    Buffer.from(stored ?? []).toString(),
    settings.masterKey,
  );
  const certificatePem = `${certificate.toString("pem")}\n`;
  const copy = join(folder, "ca.crt");
  if (Buffer.from((await readPrivateFile(copy)) ?? []).toString() !== certificatePem) {
    await replacePrivateFile(copy, Buffer.from(certificatePem), random);
  }
  return {
    certificatePem,
    fingerprint: sha256Hex(new Uint8Array(certificate.rawData)),
    notAfterMs: certificate.notAfter.getTime(),
    sign: (leaf) =>
      signCertificate(
        {
          ...leaf,
          notAfterMs: Math.min(leaf.notAfterMs, certificate.notAfter.getTime()),
          authority: false,
          issuer: { name: certificate.subject, publicKey: certificate.publicKey, key },
        },
        random,
      ),
  };
}

async function newAuthorityFile({ masterKey, clock, random }: AuthoritySettings): Promise<string> {
  const { publicKey, privateKey } = await newKeyPair();
  const mark = Buffer.from(random.bytes(4)).toString("hex");
  const subject = [{ CN: [`Gatehouse root ${mark}`] }, { O: ["Gatehouse"] }];
  const nowMs = clock.nowMs();
  const certificate = await signCertificate(
    {
      subject,
      publicKey,
      issuer: { name: subject, publicKey, key: privateKey },
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: nowMs + VALID_DAYS * DAY_MS,
      authority: true,
      extensions: [],
    },
    random,
  );
  const sealed = sealSecret(sealingKey(masterKey), await exportPrivateKey(privateKey), SEAL_CONTEXT, random);
  return `${certificate.toString("pem")}\n${PemConverter.encode(Uint8Array.from(sealed), SEALED_KEY)}\n`;
}

async function parseAuthorityFile(path: string, text: string, masterKey: MasterKey) {
  try {
    const blocks = PemConverter.decodeWithHeaders(text);
    const [certificate, sealed] = [blocks.find(isA("CERTIFICATE")), blocks.find(isA(SEALED_KEY))];
    if (certificate === undefined || sealed === undefined) throw new TypeError("a block is missing");
    const pkcs8 = openSecret(sealingKey(masterKey), new Uint8Array(sealed.rawData), SEAL_CONTEXT);
    const key = await crypto.subtle.importKey("pkcs8", Uint8Array.from(pkcs8), P256, false, ["sign"]);
    return { certificate: new X509Certificate(certificate.rawData), key };
  } catch (error) {
    const reason = "The certificate authority cannot be opened with this installation's master key.";
    throw new AppError("config.invalid", { path, reason }, { cause: error });
  }
}

const isA = (type: string) => (block: { readonly type: string }) => block.type === type;
const sealingKey = (masterKey: MasterKey): Uint8Array => deriveKey(masterKey, SEAL_CONTEXT);
