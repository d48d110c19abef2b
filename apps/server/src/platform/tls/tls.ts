import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import type { Clock, Logger, Random } from "@gatehouse/base";
import { ensurePrivateFolder, type MasterKey } from "../secrets/index.ts";
import { type Authority, openAuthority } from "./authority.ts";
import { type CertificateFiles, readCertificateFiles } from "./certificate-files.ts";
import {
  type DeviceCertificate,
  type DeviceCertificateRequest,
  issueDeviceCertificate,
} from "./device-certificate.ts";
import { certificateNames, machineNames } from "./host-names.ts";
import { ensureServerCertificate, type ServerCertificate } from "./server-certificate.ts";
import { DAY_MS } from "./x509.ts";

/** Often enough for an address that changed and for files renewed by another program (ACME clients). */
const CHECK_EVERY_MS = 3600 * 1000;
const WARN_BEFORE_MS = 14 * DAY_MS;

/** Authenticated encryption and forward secrecy only; Node's own list also offers CBC to TLS 1.2 clients. */
const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
].join(":");

/** `mqtts` asks for a device certificate and lets clients without one in, to log in by password; `https` does not ask. */
export type ListenerKind = "https" | "mqtts";

interface Listener {
  setSecureContext(options: TlsOptions): void;
}

export interface TlsSettings {
  readonly dataDir: string;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Names and addresses people and devices use, besides those of the machine. */
  readonly hostNames: readonly string[];
  /** The owner's own certificate instead of ours. Device certificates stay ours. */
  readonly files?: CertificateFiles | undefined;
  readonly machineNames?: () => readonly string[];
}

/** TLS for every listener: certificates made, renewed and swapped under running servers without a restart. */
export class Tls implements Disposable {
  readonly authority: Authority;
  readonly #settings: TlsSettings;
  readonly #listeners = new Map<Listener, ListenerKind>();
  readonly #check: { cancel(): void };
  #certificate: ServerCertificate;

  private constructor(settings: TlsSettings, authority: Authority, certificate: ServerCertificate) {
    this.#settings = settings;
    this.authority = authority;
    this.#certificate = certificate;
    this.#check = settings.clock.every(CHECK_EVERY_MS, () => void this.#renewInBackground());
  }

  /** Makes authority and certificate under `<dataDir>/tls` on first need. Refuses `config.invalid` with the file's path. */
  static async open(settings: TlsSettings): Promise<Tls> {
    const folder = folderOf(settings);
    await ensurePrivateFolder(folder);
    const authority = await openAuthority({ ...settings, folder });
    return new Tls(settings, authority, await currentCertificate(settings, authority));
  }

  /** What the listeners present now. */
  get certificate(): Pick<ServerCertificate, "names" | "notAfterMs"> & { readonly source: "own" | "files" } {
    const { names, notAfterMs } = this.#certificate;
    return { names, notAfterMs, source: this.#settings.files === undefined ? "own" : "files" };
  }

  /** For `https.createServer` (Fastify's `https`) and `tls.createServer`. Call `keepCurrent` with the server afterwards. */
  serverOptions(kind: ListenerKind): TlsOptions {
    const { cert, key } = this.#certificate;
    const options: TlsOptions = {
      cert,
      key,
      minVersion: "TLSv1.2",
      ciphers: CIPHERS,
      honorCipherOrder: true,
      handshakeTimeout: 10_000,
    };
    if (kind === "https") return options;
    return { ...options, ca: this.authority.certificatePem, requestCert: true, rejectUnauthorized: false };
  }

  /** Gives `server` every later certificate; connections that are open stay open. */
  keepCurrent(server: Listener, kind: ListenerKind): void {
    this.#listeners.set(server, kind);
  }

  /** Reads or renews the certificate now; true when the listeners got a new one. */
  async renewIfDue(): Promise<boolean> {
    const certificate = await currentCertificate(this.#settings, this.authority);
    if (certificate.cert === this.#certificate.cert && certificate.key === this.#certificate.key)
      return false;
    this.#certificate = certificate;
    for (const [server, kind] of this.#listeners) server.setSecureContext(this.serverOptions(kind));
    this.#settings.log.info(
      { names: certificate.names, notAfterMs: certificate.notAfterMs },
      "tls.certificate_renewed",
    );
    return true;
  }

  issueDeviceCertificate(request: DeviceCertificateRequest): Promise<DeviceCertificate> {
    return issueDeviceCertificate(this.authority, this.#settings.clock, request);
  }

  [Symbol.dispose](): void {
    this.#check.cancel();
    this.#listeners.clear();
  }

  /** A failure leaves the certificate in use and is tried again at the next check. */
  async #renewInBackground(): Promise<void> {
    const { log, clock } = this.#settings;
    try {
      await this.renewIfDue();
    } catch (error) {
      log.error({ err: error }, "tls.renewal_failed");
    }
    const leftMs = this.#certificate.notAfterMs - clock.nowMs();
    if (leftMs < WARN_BEFORE_MS) log.warn({ leftMs }, "tls.certificate_ends_soon");
  }
}

const folderOf = ({ dataDir }: TlsSettings): string => join(dataDir, "tls");

function currentCertificate(settings: TlsSettings, authority: Authority): Promise<ServerCertificate> {
  if (settings.files !== undefined) return readCertificateFiles(settings.files);
  const names = certificateNames(settings.hostNames, (settings.machineNames ?? machineNames)());
  return ensureServerCertificate(folderOf(settings), authority, names, settings);
}
