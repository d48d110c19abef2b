import { isAppError } from "@gatehouse/base";
import {
  encodeAddCheckpoint,
  encodeNote,
  encodeSignatureLine,
  encodeVerifierKey,
  findCosignature,
  type Note,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  type Signer,
  WITNESS_REFUSALS,
} from "@gatehouse/ledger";
import type { Log, StoredCheckpoint } from "../model.ts";
import type { ProofService } from "../reading/proof-service.ts";
import { certificateOf } from "../trust.ts";
import type { MachineDesk } from "./machine-desk.ts";
import type { Kept, MachineAnswer } from "./machine-words.ts";
import { UNREACHABLE, type Witness } from "./witness-model.ts";

/** One POST of text; throws when nobody answers. */
export type PostText = (
  url: string,
  body: string,
) => Promise<{ readonly status: number; readonly body: string }>;

export interface ReplyDeps {
  readonly proofs: ProofService;
  readonly post: PostText;
  readonly machines: MachineDesk;
  readonly signerOf: (origin: string) => Signer;
  readonly root: Signer;
  /** The owner's note for a machine that knew a log before; undefined until it is acknowledged. */
  readonly seamFor: (kept: Kept) => Promise<Note | undefined>;
}

/** What was asked to be cosigned. */
export interface Asked {
  readonly log: Log;
  readonly newest: StoredCheckpoint;
}

/** What a witness says to the newest checkpoint. */
export type Reply =
  | { readonly line: string }
  /** With what it cosigned last and what was offered, where it says so. */
  | { readonly refusal: string; readonly kept?: Kept; readonly offered?: string };

/** Asks one witness, of whatever kind, and again from where it stands when it stands elsewhere. */
export async function replyOf(deps: ReplyDeps, witness: Witness, asked: Asked): Promise<Reply> {
  try {
    return witness.machine === undefined
      ? await installationReply(deps, witness, asked)
      : await machineReply(deps, witness, witness.machine.deviceId, asked);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { refusal: error.code === "ledger.malformed" ? "malformed_answer" : UNREACHABLE };
  }
}

async function installationReply(deps: ReplyDeps, witness: Witness, asked: Asked): Promise<Reply> {
  const url = `${(witness.url ?? "").replace(/\/$/, "")}/add-checkpoint`;
  const send = async (oldSize: number) => deps.post(url, await requestFrom(deps, oldSize, asked));
  const first = await send(witness.last?.size ?? 0);
  if (first.status !== 409) return readAnswer(first, witness, asked);
  // It saw another size last: before a removal, or one whose answer was lost.
  const kept = /^\d{1,15}\n?$/.test(first.body) ? Number(first.body) : Number.NaN;
  if (!(kept <= asked.newest.size)) return { refusal: "size_shrank" };
  return readAnswer(await send(kept), witness, asked);
}

/** Statuses of C2SP tlog-witness as words. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "old_size_beyond",
  403: "bad_signature",
  404: "unknown_log",
  409: "size_shrank",
  422: "proof_wrong",
};

function readAnswer(
  { status, body }: { readonly status: number; readonly body: string },
  witness: Witness,
  asked: Asked,
): Reply {
  if (status === 200) return lineIn(body, witness, asked);
  const word = body.trim();
  const isWord = Object.hasOwn(WITNESS_REFUSALS, word);
  return { refusal: isWord ? word : (REFUSALS[status] ?? UNREACHABLE) };
}

async function machineReply(
  deps: ReplyDeps,
  witness: Witness,
  deviceId: string,
  asked: Asked,
): Promise<Reply> {
  const { root, signerOf, machines } = deps;
  const log = signerOf(asked.log.origin);
  const common = { root: encodeVerifierKey(root.key), certificate: certificateOf(log, root) };
  let offered = "";
  const send = async (oldSize: number, seam?: Note): Promise<MachineAnswer> => {
    offered = await requestFrom(deps, oldSize, asked);
    const more = seam === undefined ? {} : { seam: encodeNote(seam) };
    return machines.ask(deviceId, { ...common, ...more, request: offered });
  };
  let answer = await send(witness.last?.size ?? 0);
  if (answer.say === "refused" && answer.kept !== undefined) {
    const { reason, kept } = answer;
    if (reason === "stale_old_size" && kept.size <= asked.newest.size) answer = await send(kept.size);
    else if (reason === "unknown_log") {
      const seam = await deps.seamFor(kept);
      if (seam !== undefined) answer = await send(0, seam);
    }
  }
  if (answer.say === "cosigned") return lineIn(answer.line, witness, asked);
  const { reason, kept } = answer;
  return { refusal: reason, ...(kept === undefined ? {} : { kept }), offered };
}

async function requestFrom({ proofs }: ReplyDeps, oldSize: number, { log, newest }: Asked): Promise<string> {
  const proof = await proofs.consistency(log, Math.min(oldSize, newest.size), newest.size);
  return encodeAddCheckpoint({ oldSize, proof, note: parseNote(newest.note) });
}

/** The witness's line under the newest checkpoint, when it holds. */
function lineIn(body: string, { verifierKey }: Witness, { newest }: Asked): Reply {
  const { text } = parseNote(newest.note);
  const key = parseVerifierKey(verifierKey);
  for (const signature of parseSignatureLines(body))
    if (findCosignature({ text, signatures: [signature] }, key).state === "valid")
      return { line: encodeSignatureLine(signature) };
  return { refusal: "cosignature_wrong" };
}
