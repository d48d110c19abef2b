import fc from "fast-check";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import { encodeAddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";
import { encodeBase64 } from "./base64.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { encodeEvent } from "./events.ts";
import type { Note } from "./note.ts";
import { proveConsistency } from "./proofs.ts";
import { type SeamTerms, signSeam } from "./seam.ts";
import { createSigner, laterLogSigner, logSigner, ownerSigner, witnessSigner } from "./testing/parties.ts";
import { eventOf, TestLog } from "./testing/test-log.ts";
import { encodeVerifierKey, type Signer } from "./verifier-key.ts";
import {
  acceptSeam,
  considerCheckpoint,
  startWitness,
  WitnessState,
  type WitnessVerdict,
} from "./witness.ts";

const malformed = expect.objectContaining({ code: "ledger.malformed" });

/** What a log asks for, by way of the wire. */
const ask = (oldSize: number, log: TestLog, note: Note = log.checkpoint()) =>
  parseAddCheckpoint(
    encodeAddCheckpoint({
      oldSize,
      proof: proveConsistency(Math.min(oldSize, log.size), log.size, log.hashAt),
      note,
    }),
  );

const reasonOf = (verdict: WitnessVerdict): string =>
  verdict.verdict === "refuse" ? verdict.reason : "cosigned";

function seen(log: TestLog): WitnessState {
  const verdict = considerCheckpoint(startWitness(logSigner.key), ask(0, log));
  if (verdict.verdict === "refuse") throw new Error(verdict.reason);
  return verdict.state;
}

/** A log of the same size in which one event is another. */
function forged(size: number, changed: number): TestLog {
  const log = new TestLog();
  const lines = Array.from({ length: size }, (_, index) => encodeEvent(eventOf(index)));
  lines[changed] = encodeEvent({ ...eventOf(changed), outcome: "failed" });
  log.append(lines);
  return log;
}

describe("a witness", () => {
  it("follows a log that only grows, and keeps what it cosigned", () => {
    let state = startWitness(logSigner.key);
    for (const size of [0, 1, 2, 7, 7, 8, 300]) {
      const verdict = considerCheckpoint(state, ask(state.size, TestLog.of(size)));
      expect(reasonOf(verdict)).toBe("cosigned");
      if (verdict.verdict === "cosign") state = JSON.parse(JSON.stringify(verdict.state)) as WitnessState;
      expect(Check(WitnessState, state)).toBe(true);
      expect(state).toMatchObject({ size, root: encodeBase64(TestLog.of(size).root) });
    }
  });

  it("refuses a log that was rolled back, changed, or grew on another past", () => {
    const state = seen(TestLog.of(20));
    expect(reasonOf(considerCheckpoint(state, ask(12, TestLog.of(12))))).toBe("size_shrank");
    expect(reasonOf(considerCheckpoint(state, ask(20, forged(20, 3))))).toBe("root_differs");
    expect(reasonOf(considerCheckpoint(state, ask(20, forged(30, 3))))).toBe("proof_wrong");
    expect(reasonOf(considerCheckpoint(state, ask(20, forged(30, 25))))).toBe("cosigned");
    expect(considerCheckpoint(state, ask(0, TestLog.of(30)))).toEqual({
      verdict: "refuse",
      reason: "stale_old_size",
      keptSize: 20,
    });
  });

  it("refuses another log, another signer, an old size beyond the new, a proof with more or less", () => {
    const [state, log] = [seen(TestLog.of(5)), TestLog.of(9)];
    const head = { size: log.size, root: log.root };
    const puppet: Signer = { key: logSigner.key, sign: createSigner("puppet").sign };
    expect(reasonOf(considerCheckpoint(state, ask(5, log, signCheckpoint(head, laterLogSigner))))).toBe(
      "unknown_log",
    );
    expect(reasonOf(considerCheckpoint(state, ask(5, log, signCheckpoint(head, puppet))))).toBe(
      "bad_signature",
    );
    expect(reasonOf(considerCheckpoint(state, ask(10, log)))).toBe("old_size_beyond");
    const request = ask(5, log);
    for (const proof of [
      [],
      request.proof.slice(1),
      [...request.proof, log.root],
      request.proof.toReversed(),
    ])
      expect(reasonOf(considerCheckpoint(state, { ...request, proof }))).toBe("proof_wrong");
    const first = { ...ask(0, log), proof: [log.root] };
    expect(reasonOf(considerCheckpoint(startWitness(logSigner.key), first))).toBe("proof_wrong");
    const empty = signCheckpoint({ size: 0, root: log.root }, logSigner);
    expect(reasonOf(considerCheckpoint(startWitness(logSigner.key), ask(0, new TestLog(), empty)))).toBe(
      "root_differs",
    );
  });

  it("cosigns only one history, whatever the order of what is offered", () => {
    const histories = [forged(40, 2), forged(40, 35), TestLog.of(40)];
    const offer = fc.record({
      old: fc.nat({ max: 40 }),
      size: fc.nat({ max: 40 }),
      history: fc.nat({ max: 2 }),
    });
    const cut = (history: number, size: number): TestLog => {
      const log = new TestLog();
      log.append((histories[history] as TestLog).lines.slice(0, size));
      return log;
    };
    fc.assert(
      fc.property(fc.array(offer, { maxLength: 12 }), (offers) => {
        let state = startWitness(logSigner.key);
        for (const { old, size, history } of offers) {
          const log = cut(history, size);
          const verdict = considerCheckpoint(state, ask(Math.min(old, size), log));
          if (verdict.verdict === "refuse") continue;
          expect(size).toBeGreaterThanOrEqual(state.size);
          expect(encodeBase64(cut(history, state.size).root)).toBe(state.root);
          state = verdict.state;
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("reads no other writing of a request", () => {
    const body = encodeAddCheckpoint({
      oldSize: 3,
      proof: [TestLog.of(1).root],
      note: TestLog.of(5).checkpoint(),
    });
    const [old = "", hash = ""] = body.split("\n");
    for (const wrong of [
      "",
      body.replace(old, "old 03"),
      body.replace(old, "old"),
      body.replace(old, "new 3"),
      body.replace(hash, hash.slice(1)),
      body.replace(hash, `${hash}\n${hash.replace("=", "")}`),
      body.replace(`${hash}\n`, `${hash}\n`.repeat(64)),
      body.replace("\n\n", "\n"),
      body.slice(0, -1),
      "x".repeat(100_000),
    ])
      expect(() => parseAddCheckpoint(wrong)).toThrow(malformed);
    expect(parseAddCheckpoint(body.replace(`${hash}\n`, `${hash}\n`.repeat(63))).proof).toHaveLength(63);
  });
});

describe("a log that starts anew after a restore", () => {
  const state = seen(TestLog.of(20));
  const terms: SeamTerms = {
    oldLog: state.log,
    oldSize: state.size,
    oldRoot: state.root,
    newLog: encodeVerifierKey(laterLogSigner.key),
    reason: "Restored from the backup of 20 November",
  };
  const log = TestLog.of(3);
  const note = signCheckpoint({ size: log.size, root: log.root }, laterLogSigner);

  it("is refused until a person acknowledges it, and the seam stays for ever", () => {
    expect(reasonOf(considerCheckpoint(state, ask(0, log, note)))).toBe("unknown_log");
    const after = acceptSeam(state, signSeam(terms, ownerSigner), ownerSigner.key);
    if (after === undefined) throw new Error("refused");
    const verdict = considerCheckpoint(after, ask(0, log, note));
    expect(verdict).toMatchObject({ verdict: "cosign", state: { size: 3, seams: after.seams } });
    expect(after.seams).toHaveLength(1);
    expect(after.seams[0]).toContain(terms.reason);
    expect(reasonOf(considerCheckpoint(after, ask(20, TestLog.of(25))))).toBe("unknown_log");
  });

  it("takes no acknowledgement of somebody else, of another head, of the same log, or a second time", () => {
    const accept = (changed: Partial<SeamTerms>, signer = ownerSigner, key = ownerSigner.key) =>
      acceptSeam(state, signSeam({ ...terms, ...changed }, signer), key);
    expect(accept({}, logSigner)).toBeUndefined();
    expect(accept({}, { key: ownerSigner.key, sign: logSigner.sign })).toBeUndefined();
    expect(accept({ oldSize: 19 })).toBeUndefined();
    expect(accept({ oldRoot: encodeBase64(log.root) })).toBeUndefined();
    expect(accept({ oldLog: terms.newLog })).toBeUndefined();
    expect(accept({ newLog: terms.oldLog })).toBeUndefined();
    const seam = signSeam(terms, ownerSigner);
    const after = acceptSeam(state, seam, ownerSigner.key);
    expect(after && acceptSeam(after, seam, ownerSigner.key)).toBeUndefined();
    const full = { ...state, seams: Array.from({ length: 256 }, () => "") };
    expect(acceptSeam(full, seam, ownerSigner.key)).toBeUndefined();
  });

  it("is not acknowledged by a note of another shape", () => {
    for (const changed of [
      { reason: "" },
      { reason: "x".repeat(201) },
      { reason: "one\ntwo" },
      { oldRoot: "AAAA" },
      { newLog: "nothing" },
      { newLog: encodeVerifierKey(witnessSigner.key) },
    ])
      expect(() => signSeam({ ...terms, ...changed }, ownerSigner)).toThrow(malformed);
  });
});
