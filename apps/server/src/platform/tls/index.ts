export type { Authority } from "./authority.ts";
export type { CertificateFiles } from "./certificate-files.ts";
export {
  type DeviceCertificate,
  type DeviceCertificateRequest,
  type PeerDevice,
  peerDevice,
} from "./device-certificate.ts";
export { groupFingerprint } from "./fingerprint.ts";
export { type ListenerKind, Tls, type TlsSettings } from "./tls.ts";
