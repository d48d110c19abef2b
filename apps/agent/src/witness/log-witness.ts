import { type Clock, isAppError, type Logger, type Random, type UnixMs } from "@gatehouse/base";
import {
  type AddCheckpoint,
  acceptSeam,
  considerCheckpoint,
  cosign,
  createSigner,
  encodeNote,
  encodeSignatureLine,
  encodeVerifierKey,
  KEY_TYPES,
  openCertificate,
  parseAddCheckpoint,
  parseNote,
  parseVerifierKey,
  type Signer,
  startWitness,
  type VerifierKey,
  WitnessState,
} from "@gatehouse/ledger";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";
import { Evidence } from "./evidence.ts";
import type { Kept, Refusal, WitnessRequest, WitnessWord } from "./messages.ts";

const StoredKey = Type.Object({ name: Type.String(), seed: Type.String() });

const StoredState = Type.Object({
  state: WitnessState,
  /** The last checkpoint that was cosigned, as the log signed it. */
  note: Type.String(),
  cosignedMs: Type.Integer(),
});
type StoredState = Static<typeof StoredState>;

export interface LogWitnessParts {
  readonly state: Pick<StateFolder, "read" | "write">;
  /** The installation's trust root, 32 bytes, as it was at the enrolment. */
  readonly root: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Judged {
  readonly asked: AddCheckpoint;
  /** What is kept once it is cosigned. */
  readonly state: WitnessState;
}

/** Refusals in which two signed statements of one installation stand against each other. */
const CONTRADICTIONS: ReadonlySet<Refusal> = new Set([
  "size_shrank",
  "root_differs",
  "proof_wrong",
  "unknown_log",
]);

/**
 * This machine as a witness of its server's log: cosigns what continues the last that it cosigned, and nothing else.
 * What it cosigns is on the disk before the signature leaves it; so is what it refuses.
 */
export class LogWitness {
  readonly #parts: LogWitnessParts;
  readonly #signer: Signer;
  readonly #evidence: Evidence;
  #stored: StoredState | undefined;
  #refusal: Refusal | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    parts: LogWitnessParts,
    signer: Signer,
    evidence: Evidence,
    stored: StoredState | undefined,
  ) {
    this.#parts = parts;
    this.#signer = signer;
    this.#evidence = evidence;
    this.#stored = stored;
  }

  /**
   * Makes the witness's key when there is none. Throws when what was kept cannot be read: a witness that began anew
   * would cosign the very roll-back that it is there to refuse.
   */
  static async open(parts: LogWitnessParts): Promise<LogWitness> {
    const signer = await openSigner(parts);
    const bytes = await parts.state.read("witness.json");
    const stored: unknown = bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
    if (stored !== undefined && !Check(StoredState, stored)) throw new Error("witness.json is damaged");
    return new LogWitness(parts, signer, await Evidence.open(parts.state), stored);
  }

  /** What the server hears at the start of each session. */
  get ready(): WitnessWord {
    return { kind: "witness", say: "ready", key: encodeVerifierKey(this.#signer.key), ...this.#keptPart };
  }

  get status(): object {
    const { state, cosignedMs } = this.#stored ?? {};
    return {
      witness: this.#refusal === undefined ? "cosigns" : `refuses: ${this.#refusal}`,
      witnessKey: encodeVerifierKey(this.#signer.key),
      ...(state === undefined ? {} : { witnessLog: state.log, witnessSize: state.size }),
      ...(cosignedMs === undefined ? {} : { witnessCosigned: isoOf(cosignedMs) }),
      ...(state === undefined || state.seams.length === 0 ? {} : { witnessSeams: state.seams.length }),
      ...(this.#evidence.count === 0 ? {} : { witnessRefused: this.#evidence.count }),
      ...(this.#evidence.lastMs === undefined ? {} : { witnessRefusedLast: isoOf(this.#evidence.lastMs) }),
    };
  }

  /** One request after the other; resolves when what it answers is durable. */
  consider(request: WitnessRequest): Promise<WitnessWord> {
    const mine = this.#turn.then(() => this.#consider(request));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #consider(request: WitnessRequest): Promise<WitnessWord> {
    const judged = this.#judgeOrRefuse(request);
    if (typeof judged === "string") return this.#refuse(judged, request);
    const { asked, state } = judged;
    const { clock, log } = this.#parts;
    const cosignedMs = clock.nowMs();
    const { text, signatures } = asked.note;
    const { name } = parseVerifierKey(state.log);
    const note = encodeNote({ text, signatures: signatures.filter((line) => line.name === name) });
    const stored = { state, note, cosignedMs };
    await this.#parts.state.write("witness.json", Buffer.from(JSON.stringify(stored)));
    if (this.#stored !== undefined && this.#stored.state.log !== state.log)
      log.warn({ log: state.log, seams: state.seams.length }, "witness.log_followed");
    if (this.#refusal !== undefined) log.info({ size: state.size }, "witness.cosigns_again");
    this.#stored = stored;
    this.#refusal = undefined;
    const line = encodeSignatureLine(cosign(text, Math.floor(cosignedMs / 1000), this.#signer));
    return { kind: "witness", say: "cosigned", size: state.size, line };
  }

  #judgeOrRefuse(request: WitnessRequest): Judged | Refusal {
    try {
      return this.#judge(request);
    } catch (error) {
      if (isAppError(error, "ledger.malformed")) return "malformed";
      throw error;
    }
  }

  /** What would be kept of a checkpoint that may be cosigned. Throws `ledger.malformed`. */
  #judge(request: WitnessRequest): Judged | Refusal {
    const root = this.#rootOf(request);
    if (root === undefined) return "not_certified";
    const key = openCertificate(parseNote(request.certificate), root);
    if (key === undefined) return "not_certified";
    const asked = parseAddCheckpoint(request.request);
    const before = this.#stateFor(key, request, root);
    if (before === undefined) return "unknown_log";
    const verdict = considerCheckpoint(before, asked);
    return verdict.verdict === "refuse" ? verdict.reason : { asked, state: verdict.state };
  }

  /** What is known of this log. Of one that follows another, only after a seam that names what was cosigned last. */
  #stateFor(log: VerifierKey, { seam }: WitnessRequest, root: VerifierKey): WitnessState | undefined {
    const kept = this.#stored?.state;
    if (kept === undefined) return startWitness(log);
    if (encodeVerifierKey(log) === kept.log) return kept;
    const followed = seam === undefined ? undefined : acceptSeam(kept, parseNote(seam), root);
    return followed?.log === encodeVerifierKey(log) ? followed : undefined;
  }

  /** The trust root that this machine knows since its enrolment, under the name that the request gives it. */
  #rootOf({ root }: WitnessRequest): VerifierKey | undefined {
    const key = parseVerifierKey(root);
    const isOurs = key.type === KEY_TYPES.note && Buffer.from(this.#parts.root).equals(key.publicKey);
    return isOurs ? key : undefined;
  }

  async #refuse(reason: Refusal, { request }: WitnessRequest): Promise<WitnessWord> {
    // The size from which the server asked is not the one that is kept: it asks again, and nothing is wrong yet.
    if (reason !== "stale_old_size") {
      await this.#keepEvidence(reason, request);
      if (this.#refusal !== reason)
        this.#parts.log.error({ reason, size: this.#stored?.state.size }, "witness.refused");
      this.#refusal = reason;
    }
    return { kind: "witness", say: "refused", reason, ...this.#keptPart };
  }

  async #keepEvidence(reason: Refusal, request: string): Promise<void> {
    if (this.#stored === undefined || !CONTRADICTIONS.has(reason)) return;
    const { state, note } = this.#stored;
    await this.#evidence.keep({
      atMs: this.#parts.clock.nowMs(),
      reason,
      keptLog: state.log,
      keptSize: state.size,
      keptRoot: state.root,
      keptCheckpoint: note,
      offered: request,
    });
  }

  get #keptPart(): { kept?: Kept } {
    if (this.#stored === undefined) return {};
    const { state, note } = this.#stored;
    const { log, size, root } = state;
    return { kept: { log, size, root, note } };
  }
}

/** The key is this machine's own and never leaves it. Its name is public, and says nothing of the device. */
async function openSigner({ state, random }: LogWitnessParts): Promise<Signer> {
  const bytes = await state.read("witness-key.json");
  const read: unknown = bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
  if (read !== undefined && !Check(StoredKey, read)) throw new Error("witness-key.json is damaged");
  const stored = read ?? {
    name: `agent/${Buffer.from(random.bytes(8)).toString("hex")}`,
    seed: Buffer.from(random.bytes(32)).toString("base64url"),
  };
  if (read === undefined) await state.write("witness-key.json", Buffer.from(JSON.stringify(stored)));
  return createSigner(
    stored.name,
    KEY_TYPES.cosignature,
    new Uint8Array(Buffer.from(stored.seed, "base64url")),
  );
}

const isoOf = (atMs: UnixMs): string => new Date(atMs).toISOString();
