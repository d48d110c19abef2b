import type { MonotonicMs } from "@gatehouse/base";
import { CLOCK_TOLERANCE_MS, type KeyId, type SealedHeader } from "@gatehouse/secure-channel";

/** One start of a machine, as its sealed messages show it. */
interface Boot {
  readonly bootId: number;
  /** Lowest sequence that came with it; sequences are handed out in order, so all earlier boots stay below. */
  lowest: bigint;
  /** By the sender's clock; 0: it has none. */
  readonly firstSentMs: number;
}

interface Live {
  readonly sessionId: string;
  readonly firstMs: MonotonicMs;
}

interface Track {
  /** In the order of their sequences. */
  boots: Boot[];
  /** In the order of their first DATA. */
  sessions: Live[];
}

/** Boots and sessions remembered of one key: the newest. */
const REMEMBERED = 8;
/** What an old connection still had under way has come by then. */
const TRAILING_MS = 30_000;

type Seen = Pick<SealedHeader, "senderKeyId" | "bootId" | "sequence" | "sentMs">;

/**
 * Tells one machine that restarts from two machines with one key. A machine draws a boot id at each start and never
 * goes back to an earlier one, and it leaves its old session for good when it begins a new one. So a key is used twice
 * when an earlier boot says something after a later one began (by its sequence, or by its clock beyond what clocks
 * may differ), or when an older session is still used half a minute after a newer took over. Late and reordered
 * messages of one machine pass. Lives in memory: a restart forgets, and the next alternation tells again.
 */
export class CloneWatch {
  readonly #tracks = new Map<KeyId, Track>();

  /** Whether the header, if it is authentic, is of a second machine; changes nothing. */
  isSecondMachine({ senderKeyId, bootId, sequence, sentMs }: Seen): boolean {
    const boots = this.#tracks.get(senderKeyId)?.boots ?? [];
    const at = boots.findIndex((boot) => boot.bootId === bootId);
    if (at === -1) return false;
    return boots
      .slice(at + 1)
      .some(
        (later) =>
          sequence > later.lowest ||
          (later.firstSentMs > 0 && sentMs > later.firstSentMs + CLOCK_TOLERANCE_MS),
      );
  }

  /** Remembers an authentic message of which `isSecondMachine` says no. */
  noteBoot({ senderKeyId, bootId, sequence, sentMs }: Seen): void {
    const track = this.#trackOf(senderKeyId);
    const known = track.boots.find((boot) => boot.bootId === bootId);
    if (known === undefined) {
      // A message may be late by more than one start: its boot belongs where its sequence does.
      const boot = { bootId, lowest: sequence, firstSentMs: sentMs };
      const at = track.boots.findIndex(({ lowest }) => lowest > sequence);
      track.boots = track.boots.toSpliced(at === -1 ? track.boots.length : at, 0, boot).slice(-REMEMBERED);
    } else if (sequence < known.lowest) known.lowest = sequence;
  }

  /** Remembers an authentic DATA; true when it shows a second machine. */
  noteSession(keyId: KeyId, sessionId: string, nowMs: MonotonicMs): boolean {
    const track = this.#trackOf(keyId);
    const newest = track.sessions.at(-1);
    if (newest?.sessionId === sessionId) return false;
    if (track.sessions.some((session) => session.sessionId === sessionId))
      return newest !== undefined && nowMs - newest.firstMs > TRAILING_MS;
    track.sessions = [...track.sessions, { sessionId, firstMs: nowMs }].slice(-REMEMBERED);
    return false;
  }

  forget(keyId: KeyId): void {
    this.#tracks.delete(keyId);
  }

  #trackOf(keyId: KeyId): Track {
    const known = this.#tracks.get(keyId);
    if (known !== undefined) return known;
    const track: Track = { boots: [], sessions: [] };
    this.#tracks.set(keyId, track);
    return track;
  }
}
