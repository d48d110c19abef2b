import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { AppError } from "@gatehouse/base";
import { describeCertificate, type ServerCertificate } from "./server-certificate.ts";

export interface CertificateFiles {
  /** PEM chain, leaf first. */
  readonly certFile: string;
  /** PEM private key without a passphrase. */
  readonly keyFile: string;
}

/** The owner's own certificate. Refuses `config.invalid` when a file cannot be read or the two do not belong together. */
export async function readCertificateFiles({
  certFile,
  keyFile,
}: CertificateFiles): Promise<ServerCertificate> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    createSecureContext({ cert, key });
    return { cert, key, ...describeCertificate(cert.slice(cert.indexOf("-----BEGIN CERTIFICATE-----"))) };
  } catch (error) {
    const reason = `The certificate and its key cannot be used (${(error as Error).message}).`;
    throw new AppError("config.invalid", { certFile, keyFile, reason }, { cause: error });
  }
}
