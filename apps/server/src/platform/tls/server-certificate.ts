import { join } from "node:path";
import type { Clock, Random } from "@gatehouse/base";
import { readPrivateFile, replacePrivateFile } from "../secrets/index.ts";
import { type Authority, BACKDATE_MS } from "./authority.ts";
import type { HostName } from "./host-names.ts";
import {
  DAY_MS,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  exportPrivateKey,
  newKeyPair,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from "./x509.ts";

/** Browsers refuse a server certificate that lives longer than 398 days. */
const VALID_DAYS = 397;
const RENEW_BEFORE_MS = 30 * DAY_MS;

export interface ServerCertificate {
  /** Certificate chain, leaf first, PEM. */
  readonly cert: string;
  /** Private key, PEM. */
  readonly key: string;
  readonly names: readonly string[];
  readonly notAfterMs: number;
}

/**
 * The certificate in `<folder>/server.pem` (key and chain in one file), made anew when there is none, when it
 * has 30 days or less to live, when `names` are not exactly its own, or when another authority signed it.
 */
export async function ensureServerCertificate(
  folder: string,
  authority: Authority,
  names: readonly HostName[],
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<ServerCertificate> {
  const path = join(folder, "server.pem");
  const stored = await readPrivateFile(path);
  const current = stored && parse(Buffer.from(stored).toString(), authority);
  const wanted = names.map(({ value }) => value);
  if (current && current.notAfterMs - clock.nowMs() > RENEW_BEFORE_MS && sameNames(current.names, wanted))
    return current;

  const text = await issue(authority, names, clock);
  await replacePrivateFile(path, Buffer.from(text), random);
  return parse(text, authority) as ServerCertificate;
}

async function issue(authority: Authority, names: readonly HostName[], clock: Clock): Promise<string> {
  const { publicKey, privateKey } = await newKeyPair();
  const notBeforeMs = clock.nowMs() - BACKDATE_MS;
  const certificate = await authority.sign({
    subject: [{ CN: ["Gatehouse"] }],
    publicKey,
    notBeforeMs,
    notAfterMs: notBeforeMs + VALID_DAYS * DAY_MS,
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(({ type, value }) => ({ type, value }))),
    ],
  });
  const key = PemConverter.encode(Uint8Array.from(await exportPrivateKey(privateKey)), "PRIVATE KEY");
  return `${key}\n${certificate.toString("pem")}\n${authority.certificatePem}`;
}

/** Undefined when the file is damaged or of another authority: then a new one is made. */
function parse(text: string, authority: Authority): ServerCertificate | undefined {
  const chainAt = text.indexOf("-----BEGIN CERTIFICATE-----");
  if (chainAt <= 0 || !text.endsWith(authority.certificatePem)) return undefined;
  const cert = text.slice(chainAt);
  return { cert, key: text.slice(0, chainAt), ...describeCertificate(cert) };
}

/** Names and end of the first certificate of a PEM chain. */
export function describeCertificate(chainPem: string): Pick<ServerCertificate, "names" | "notAfterMs"> {
  const end = "-----END CERTIFICATE-----";
  const leaf = new X509Certificate(chainPem.slice(0, chainPem.indexOf(end) + end.length));
  const names = leaf.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return { names: names.map(({ value }) => value), notAfterMs: leaf.notAfter.getTime() };
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);
