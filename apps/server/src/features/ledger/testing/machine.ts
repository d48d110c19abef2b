import { type Clock, systemClock, type Uuid } from "@gatehouse/base";
import {
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
  startWitness,
  type WitnessState,
} from "@gatehouse/ledger";

interface Request {
  readonly root: string;
  readonly certificate: string;
  readonly request: string;
  readonly seam?: string;
}

/** A machine that cosigns as an agent does (docs/witnesses.md), without disk and wire. */
export class TestMachine {
  readonly deviceId: Uuid;
  readonly name: string;
  readonly isGateway: boolean;
  /** False: it has no session. */
  isThere = true;
  requests = 0;
  readonly #signer;
  #state: WitnessState | undefined;
  #note = "";

  readonly #clock: Clock;

  constructor(number: number, isGateway = true, clock: Clock = systemClock) {
    this.#clock = clock;
    this.deviceId = `0190a1b2-0000-7000-8000-${String(number).padStart(12, "0")}`;
    this.name = `machine-${number}`;
    this.isGateway = isGateway;
    this.#signer = createSigner(`agent/${number}`, KEY_TYPES.cosignature, new Uint8Array(32).fill(number));
  }

  get key(): string {
    return encodeVerifierKey(this.#signer.key);
  }

  get size(): number {
    return this.#state?.size ?? 0;
  }

  answer(payload: Uint8Array): object {
    this.requests++;
    const { root, certificate, request, seam } = JSON.parse(Buffer.from(payload).toString()) as Request;
    const rootKey = parseVerifierKey(root);
    const log = openCertificate(parseNote(certificate), rootKey);
    if (log === undefined) return this.#refused("not_certified");
    let state = this.#state ?? startWitness(log);
    if (state.log !== encodeVerifierKey(log)) {
      const followed = seam === undefined ? undefined : acceptSeam(state, parseNote(seam), rootKey);
      if (followed === undefined) return this.#refused("unknown_log");
      state = followed;
    }
    const asked = parseAddCheckpoint(request);
    const verdict = considerCheckpoint(state, asked);
    if (verdict.verdict === "refuse") return this.#refused(verdict.reason);
    this.#state = verdict.state;
    this.#note = encodeNote(asked.note);
    const line = encodeSignatureLine(
      cosign(asked.note.text, Math.floor(this.#clock.nowMs() / 1000), this.#signer),
    );
    return { kind: "witness", say: "cosigned", size: this.size, line };
  }

  #refused(reason: string): object {
    const { log, size, root } = this.#state ?? {};
    const kept = log === undefined ? {} : { kept: { log, size, root, note: this.#note } };
    return { kind: "witness", say: "refused", reason, ...kept };
  }
}
