import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type OutgoingTarget, resolveOutgoing } from "../../../platform/outgoing/index.ts";

/** Schemes of everything that notifiers connect to. */
export const PROTOCOLS = ["http:", "https:", "smtp:", "smtps:", "mqtt:", "mqtts:", "ws:", "wss:"] as const;

export const resolveTarget = (url: string, allowPrivate: boolean): Promise<OutgoingTarget> =>
  resolveOutgoing(url, { allowPrivate, protocols: PROTOCOLS });

/** A connection to the address that was checked; it ends when the signal does. */
export function openSocket({ address }: OutgoingTarget, port: number, signal: AbortSignal): Socket {
  return endWith(connect({ host: address, port }), signal);
}

/** As `openSocket`, with TLS checked against the URL's name. */
export function openTlsSocket({ url, address }: OutgoingTarget, port: number, signal: AbortSignal): Socket {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  // RFC 6066 §3: a literal address is no server name.
  return endWith(
    connectTls({ host: address, port, ...(isIP(name) === 0 ? { servername: name } : {}) }),
    signal,
  );
}

function endWith(socket: Socket, signal: AbortSignal): Socket {
  const end = (): void => void socket.destroy(new Error("aborted"));
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", end));
  return socket;
}
