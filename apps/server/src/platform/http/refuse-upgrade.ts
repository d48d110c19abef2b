import type { Duplex } from "node:stream";
import type { AppError } from "@gatehouse/base";
import { bareReply } from "./security-headers.ts";

/** RFC 9457 problem details in place of an upgrade; the connection ends with them. */
export function refuseUpgrade(socket: Duplex, { code, row }: AppError): void {
  const { status, title } = row;
  const problem = JSON.stringify({ type: `/docs/errors#${code}`, title, status, code });
  socket.end(bareReply("encrypted" in socket, `${status} Refused`, problem));
}
