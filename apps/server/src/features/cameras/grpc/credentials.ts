import type { SecureContextOptions, TlsOptions } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";

/** Certificates for the listener, kept current while it runs. */
export interface CurrentTls {
  serverOptions(kind: "https"): TlsOptions;
  keepCurrent(server: { setSecureContext(options: TlsOptions): void }, kind: "https"): void;
}

const contextOf = ({
  cert,
  key,
  minVersion,
  ciphers,
  honorCipherOrder,
}: TlsOptions): SecureContextOptions => ({
  cert,
  key,
  minVersion,
  ciphers,
  honorCipherOrder,
});

/** Takes every later certificate; calls that are open stay open. */
class RenewedCredentials extends ServerCredentials {
  constructor(tls: CurrentTls) {
    super({}, contextOf(tls.serverOptions("https")));
    tls.keepCurrent(
      { setSecureContext: (options) => this.updateSecureContextOptions(contextOf(options)) },
      "https",
    );
  }

  _equals(other: ServerCredentials): boolean {
    return other === this;
  }
}

/** Plain only where no TLS is spoken at all, which configuration allows on loopback alone. */
export const credentialsOf = (tls: CurrentTls | undefined): ServerCredentials =>
  tls === undefined ? ServerCredentials.createInsecure() : new RenewedCredentials(tls);
