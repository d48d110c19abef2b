import type { DeviceChannel, Receipt } from "@gatehouse/device-client";
import { CONTENT_TYPES, parseSealedHeader } from "@gatehouse/secure-channel";

/**
 * What waits for the server. `pass`: a SEALED of a device for the server, as it came. `forward`: what a device signed
 * (header 48 ‖ signature 64 ‖ payload), from a message that was for us. `control`: our own JSON of content type 10.
 */
export interface RelayEntry {
  readonly kind: "pass" | "forward" | "control";
  readonly bytes: Uint8Array;
}

const TAGS = { pass: 1, forward: 2, control: 3 } as const;

/** One byte that says what it is, then the bytes. */
export function encodeRelayEntry({ kind, bytes }: RelayEntry): Uint8Array {
  const encoded = new Uint8Array(1 + bytes.length);
  encoded[0] = TAGS[kind];
  encoded.set(bytes, 1);
  return encoded;
}

/** Undefined for a record of another version of the agent. */
export function decodeRelayEntry(record: Uint8Array): RelayEntry | undefined {
  const bytes = record.subarray(1);
  for (const kind of ["pass", "forward", "control"] as const)
    if (record[0] === TAGS[kind]) return { kind, bytes };
  return undefined;
}

export const controlEntry = (message: object): RelayEntry => ({
  kind: "control",
  bytes: Buffer.from(JSON.stringify(message)),
});

/** Sends one entry and answers what the server said of it. */
export function sendEntry(
  { kind, bytes }: RelayEntry,
  channel: Pick<DeviceChannel, "send" | "pass">,
  sentMs: number,
): Promise<Receipt> {
  if (kind === "pass") return channel.pass(bytes);
  const forwarded = kind === "forward";
  const contentType = forwarded ? parseSealedHeader(bytes).contentType : CONTENT_TYPES.control;
  return channel.send({ contentType: contentType as never, payload: bytes, sentMs, forwarded });
}
