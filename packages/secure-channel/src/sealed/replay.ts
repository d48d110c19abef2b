/**
 * Sequences that one sender's key has used: everything up to `highest`, as far back as the bitmap goes. Kept in the
 * database and written in the same transaction as the message's effect. Values are never changed in place.
 */
export interface ReplayState {
  /** 0 before the first message. */
  readonly highest: bigint;
  /** Bit i (of byte i >> 3, lowest first) says whether `highest` − i was seen; bit 0 is `highest` itself. */
  readonly seen: Uint8Array;
}

/**
 * How far behind the highest a message may come: 42 days of a meter that reads every quarter of an hour, with 512
 * bytes a sender. A sender that drains its store in order needs none of it.
 */
export const REPLAY_WINDOW = 4_096;
const WINDOW_BYTES = REPLAY_WINDOW / 8;
const HIGHEST_BYTES = 8;

export const NO_REPLAY_STATE: ReplayState = { highest: 0n, seen: new Uint8Array(WINDOW_BYTES) };

/** `too_old`: too far back to know whether it was seen, so it is not taken and nobody may say that it was. */
export type SequenceVerdict = "fresh" | "seen" | "too_old";

/** Whether a sequence may still be accepted. Decided on the header alone, so before any cryptography. */
export function judgeSequence(state: ReplayState, sequence: bigint): SequenceVerdict {
  if (sequence > state.highest) return "fresh";
  const behind = state.highest - sequence;
  if (sequence < 1n || behind >= BigInt(REPLAY_WINDOW)) return "too_old";
  return isSet(state.seen, Number(behind)) ? "seen" : "fresh";
}

/** The state after accepting `sequence`, which `judgeSequence` found fresh. */
export function markSeen(state: ReplayState, sequence: bigint): ReplayState {
  const ahead = sequence > state.highest ? sequence - state.highest : 0n;
  const highest = state.highest + ahead;
  const seen = ahead >= BigInt(REPLAY_WINDOW) ? new Uint8Array(WINDOW_BYTES) : age(state.seen, Number(ahead));
  const bit = Number(highest - sequence);
  seen[bit >> 3] = (seen[bit >> 3] as number) | (1 << (bit & 7));
  return { highest, seen };
}

/** 8 bytes big-endian highest ‖ bitmap without its trailing zero bytes. */
export function encodeReplayState(state: ReplayState): Uint8Array {
  let end = state.seen.length;
  while (end > 0 && state.seen[end - 1] === 0) end--;
  const bytes = new Uint8Array(HIGHEST_BYTES + end);
  new DataView(bytes.buffer).setBigUint64(0, state.highest);
  bytes.set(state.seen.subarray(0, end), HIGHEST_BYTES);
  return bytes;
}

/** Throws RangeError: the bytes are our own, so a wrong length is a fault and not a message to refuse. */
export function decodeReplayState(bytes: Uint8Array): ReplayState {
  if (bytes.length < HIGHEST_BYTES || bytes.length > HIGHEST_BYTES + WINDOW_BYTES)
    throw new RangeError("not a replay state");
  const highest = new DataView(bytes.buffer, bytes.byteOffset, HIGHEST_BYTES).getBigUint64(0);
  const seen = new Uint8Array(WINDOW_BYTES);
  seen.set(bytes.subarray(HIGHEST_BYTES));
  return { highest, seen };
}

const isSet = (bitmap: Uint8Array, bit: number): boolean =>
  ((bitmap[bit >> 3] as number) & (1 << (bit & 7))) !== 0;

/** The bitmap with every bit `steps` places further back; what falls out is too far back. */
function age(bitmap: Uint8Array, steps: number): Uint8Array {
  const wholeBytes = steps >> 3;
  const bits = steps & 7;
  const aged = new Uint8Array(WINDOW_BYTES);
  for (let at = wholeBytes; at < WINDOW_BYTES; at++) {
    const here = bitmap[at - wholeBytes] as number;
    const before = at > wholeBytes ? (bitmap[at - wholeBytes - 1] as number) : 0;
    aged[at] = (here << bits) | (before >> (8 - bits));
  }
  return aged;
}
