import type { Duplex } from "node:stream";
import type { AppError } from "@gatehouse/base";
import { endInSteps } from "@gatehouse/base/linger";
import { bareReply } from "./security-headers.ts";

/** RFC 9457 problem details in place of an upgrade; the connection ends with them. */
export function refuseUpgrade(socket: Duplex, { code, row }: AppError): void {
  const { status, title } = row;
  const problem = JSON.stringify({ type: `/docs/errors#${code}`, title, status, code });
  endWithReply(socket, `${status} Refused`, problem);
}

/** A whole answer to what is no request, or in place of an upgrade; the connection ends with it. */
export function endWithReply(socket: Duplex, status: string, problem = ""): void {
  endInSteps(socket, bareReply("encrypted" in socket, status, problem));
}
