import { acceptHello, Handshake, parseHello } from "../session/handshake.ts";
import type { Session } from "../session/session.ts";
import { SUITE_IDS } from "../suite-ids.ts";
import type { Parties } from "./parties.ts";

export const SUITES = [
  ["M1", SUITE_IDS.M1],
  ["C1", SUITE_IDS.C1],
] as const;

/** The server's answer to a HELLO of the device. */
export function answerTo(hello: Uint8Array, parties: Parties, nowMs = 0, random = parties.random) {
  const suites = { allowed: [SUITE_IDS.C1, SUITE_IDS.M1], pinned: undefined };
  return acceptHello(parseHello(hello), {
    own: parties.server,
    peer: parties.device,
    suites,
    random,
    nowMs,
  });
}

export interface Connected {
  readonly device: Session;
  readonly server: Session;
  readonly hello: Uint8Array;
  readonly answer: Uint8Array;
}

/** A whole handshake. */
export function connect(parties: Parties, nowMs = 0, random = parties.random): Connected {
  const handshake = new Handshake({ own: parties.device, peer: parties.server, random });
  const { answer, session } = answerTo(handshake.hello, parties, nowMs, random);
  return { device: handshake.finish(answer, nowMs), server: session, hello: handshake.hello, answer };
}

/** A DATA frame of the session, which must not be over. */
export function sealed(
  session: Session,
  payload: Uint8Array = Uint8Array.of(1, 2, 3),
  nowMs = 0,
): Uint8Array {
  const frame = session.seal({ contentType: 2, payload }, nowMs);
  if (frame === undefined) throw new Error("the session is over");
  return frame;
}

/** A copy with bits of one byte flipped. */
export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ mask;
  return copy;
}
