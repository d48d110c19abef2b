import type { TLSSocket } from "node:tls";
import { AppError, type Clock, isUuid, type Uuid } from "@gatehouse/base";
import { sha256Hex } from "../secrets/index.ts";
import { type Authority, BACKDATE_MS } from "./authority.ts";
import {
  DAY_MS,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Pkcs10CertificateRequest,
  PublicKey,
  SubjectAlternativeNameExtension,
} from "./x509.ts";

const MAX_VALID_DAYS = 3650;
/** A request with a P-256 key is about 300 bytes. */
const MAX_REQUEST_BYTES = 8 * 1024;
const URN = "urn:gatehouse:device:";

/**
 * The two keys a device may have, as the exact start of their SubjectPublicKeyInfo: P-256 by name with an
 * uncompressed point, and Ed25519. Comparing bytes leaves no room for explicit curve parameters.
 */
const ALLOWED_KEYS = [
  {
    algorithm: { name: "ECDSA", namedCurve: "P-256" },
    start: "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
    length: 91,
  },
  { algorithm: { name: "Ed25519" }, start: "302a300506032b6570032100", length: 44 },
] as const;

export interface DeviceCertificateRequest {
  readonly deviceId: Uuid;
  /** A PKCS#10 request (PEM), whose signature proves the device has the key, or the bare key (SPKI, DER). */
  readonly key: { readonly csrPem: string } | { readonly spki: Uint8Array };
  /** 1 to 3,650; never beyond the authority's own end. */
  readonly validDays: number;
}

export interface DeviceCertificate {
  readonly certificatePem: string;
  /** Lower-case hex: what `peerDevice` tells when the certificate comes back. */
  readonly serialNumber: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly notAfterMs: number;
}

/**
 * A client certificate with the device's id as common name and as `urn:gatehouse:device:<id>`. Nothing but the key
 * is taken from a request. Refuses `request.invalid` for a key that is neither P-256 nor Ed25519 or a wrong proof.
 */
export async function issueDeviceCertificate(
  authority: Authority,
  clock: Clock,
  { deviceId, key, validDays }: DeviceCertificateRequest,
): Promise<DeviceCertificate> {
  if (!isUuid(deviceId)) throw new AppError("request.invalid", { field: "deviceId" });
  if (!Number.isInteger(validDays) || validDays < 1 || validDays > MAX_VALID_DAYS) {
    throw new AppError("request.invalid", { field: "validDays", max: MAX_VALID_DAYS });
  }
  const publicKey = "spki" in key ? await importDeviceKey(key.spki) : await keyOfRequest(key.csrPem);
  const nowMs = clock.nowMs();
  const certificate = await authority.sign({
    subject: [{ CN: [deviceId] }],
    publicKey,
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs: nowMs + validDays * DAY_MS,
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([{ type: "url", value: `${URN}${deviceId}` }]),
    ],
  });
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    serialNumber: certificate.serialNumber,
    fingerprint: sha256Hex(new Uint8Array(certificate.rawData)),
    notAfterMs: certificate.notAfter.getTime(),
  };
}

export interface PeerDevice {
  readonly deviceId: Uuid;
  readonly serialNumber: string;
}

/**
 * The device behind a connection, undefined without a certificate of ours that is valid now. For sockets of a
 * listener with `serverOptions("mqtts")`: there OpenSSL has checked chain, dates and client usage against our
 * authority alone. Whether device or certificate are revoked is the caller's question.
 */
export function peerDevice(socket: TLSSocket): PeerDevice | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate?.subjectAltName?.startsWith(`URI:${URN}`)) return undefined;
  const deviceId = certificate.subjectAltName.slice(4 + URN.length);
  if (!isUuid(deviceId)) return undefined;
  return { deviceId, serialNumber: certificate.serialNumber.toLowerCase() };
}

async function keyOfRequest(csrPem: string): Promise<PublicKey> {
  const refuse = (cause?: unknown) =>
    new AppError(
      "request.invalid",
      { field: "csrPem", reason: "The request cannot be read or its signature is wrong." },
      { cause },
    );
  if (csrPem.length > MAX_REQUEST_BYTES) throw refuse();
  const request = readRequest(csrPem, refuse);
  const publicKey = await importDeviceKey(new Uint8Array(request.publicKey.rawData));
  if (!(await request.verify().catch(() => false))) throw refuse();
  return publicKey;
}

function readRequest(csrPem: string, refuse: (cause: unknown) => AppError): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(csrPem);
  } catch (error) {
    throw refuse(error);
  }
}

/** Importing proves that a P-256 point lies on the curve. */
async function importDeviceKey(spki: Uint8Array): Promise<PublicKey> {
  const hex = Buffer.from(spki).toString("hex");
  const kind = ALLOWED_KEYS.find(({ start, length }) => spki.length === length && hex.startsWith(start));
  const refused = { field: "publicKey", reason: "The key must be P-256 (uncompressed point) or Ed25519." };
  if (kind === undefined) throw new AppError("request.invalid", refused);
  const bytes = Uint8Array.from(spki);
  try {
    await crypto.subtle.importKey("spki", bytes, kind.algorithm, true, ["verify"]);
  } catch (error) {
    throw new AppError("request.invalid", refused, { cause: error });
  }
  return new PublicKey(bytes);
}
