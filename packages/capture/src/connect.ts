import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { sourceError } from "./source.ts";

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "rtsp:": 554, "rtsps:": 322 };
const TLS = new Set(["https:", "rtsps:"]);
const TLS_ERROR = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|SIGNATURE/;

export interface Endpoint {
  readonly url: URL;
  /** Where to connect; the certificate is checked against the URL's host. */
  readonly address: string;
}

/** A connection that is there, with its TLS; it ends when the signal does. */
export function openConnection({ url, address }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const port = url.port === "" ? (PORTS[url.protocol] ?? 0) : Number(url.port);
  const host = hostOf(url);
  const isTls = TLS.has(url.protocol);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = isTls
      ? // RFC 6066 §3: a literal address is no server name.
        connectTls({ host: address, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connect({ host: address, port });
    const onAbort = (): void => void socket.destroy(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    // Whoever uses it hears of errors too; nobody may miss one.
    socket.on("error", () => undefined);
    socket.once("close", () => signal.removeEventListener("abort", onAbort));
    socket.once("error", (error) => reject(signal.aborted ? signal.reason : connectionError(error)));
    socket.once(isTls ? "secureConnect" : "connect", () => resolve(socket));
  });
}

/** For a machine whose own operator named the address: nothing but the name is looked up. */
export const connectDirect = (url: URL, signal: AbortSignal): Promise<Socket> =>
  openConnection({ url, address: hostOf(url) }, signal);

/** The host without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

function connectionError(error: NodeJS.ErrnoException): Error {
  const code = String(error.code ?? "");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return sourceError("name", undefined, error);
  if (code === "ETIMEDOUT") return sourceError("timeout", undefined, error);
  return sourceError(TLS_ERROR.test(code) ? "tls" : "connection", code || undefined, error);
}
