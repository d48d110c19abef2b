import type { cameras } from "@gatehouse/contract";
import type { ClipProblemKind, ExportReport, SealedClipReport } from "@gatehouse/verifier/sealed";
import { manifestOf } from "./manifest.ts";
import type { Check, CheckId, CheckState } from "./model.ts";

/** Which of the five each problem of a clip belongs to; what is missing belongs to `signed`. */
const CHECK_OF: Readonly<Partial<Record<ClipProblemKind, CheckId>>> = {
  clip_malformed: "complete",
  frames_cut: "complete",
  frames_differ: "complete",
  frame_changed: "complete",
  frame_missing: "complete",
  frame_moved: "complete",
  frame_added: "complete",
  frame_mislabelled: "complete",
  segment_missing: "complete",
  back_dated: "time",
  not_logged: "logged",
  entry_differs: "logged",
};

/** A clock may be wrong by so much before a time is one that cannot be. */
const CLOCK_SLACK_MS = 5_000;
/** A segment is logged with its end, a minute later at most; from an agent whose network was away it comes later. */
const LOGGED_WITHIN_MS = 600_000;

type Field = Check["proof"][number];

/** The five checks from what was found out. */
export function checksOf(evidence: cameras.ClipEvidence, sealed: SealedClipReport): Check[] {
  const { opened, report } = sealed;
  const isNothing = evidence.segments.length === 0;
  const hasUnsigned = evidence.segments.some(({ manifest }) => manifest === undefined);
  const wrong = (check: CheckId): string[] =>
    (report.clip?.problems ?? []).flatMap(({ kind }) =>
      (CHECK_OF[kind] ?? "signed") === check ? [kind] : [],
    );
  const faults = opened.flatMap(({ faults: found }) => found);
  const gaps = evidence.gaps.length > 0 ? ["gap"] : [];
  const keys = report.problems
    .map(({ kind }) => kind as string)
    .filter((kind) => kind === "fingerprint_differs" || kind === "keys_malformed");
  // A witness contradicts the time of an entry; the entry itself is in the log.
  const log = report.problems.flatMap(({ kind }) => (kind === "back_dated" ? [] : [kind as string]));
  const dated = report.problems.some(({ kind }) => kind === "back_dated") ? ["back_dated"] : [];
  const time = timeProblems(evidence, report);
  const check = (
    id: CheckId,
    problems: readonly string[],
    isUnknown: boolean,
    proof: readonly Field[],
    doubts: readonly string[] = [],
  ): Check => ({
    id,
    state: stateOf(problems, isNothing || isUnknown || doubts.length > 0),
    problems: unique(problems.length > 0 ? problems : doubts),
    proof,
  });
  return [
    check("opened", faults, false, openedProof(evidence)),
    check("complete", wrong("complete"), hasUnsigned, completeProof(evidence), gaps),
    check("signed", [...wrong("signed"), ...keys], hasUnsigned, signedProof(evidence, sealed)),
    check(
      "time",
      [...wrong("time"), ...dated, ...time.wrong],
      hasUnsigned,
      timeProof(evidence, report),
      time.doubts,
    ),
    check("logged", [...wrong("logged"), ...log], hasUnsigned, loggedProof(evidence, sealed)),
  ];
}

const stateOf = (problems: readonly string[], isUnknown: boolean): CheckState =>
  problems.length > 0 ? "failed" : isUnknown ? "unknown" : "passed";

const unique = (words: readonly string[]): string[] => [...new Set(words)];

/** The log cannot have heard of a segment before it ended, and hears of it soon. */
function timeProblems(evidence: cameras.ClipEvidence, report: ExportReport) {
  const apart = (report.clip?.segments ?? []).flatMap(({ loggedAt, lastMs }) =>
    loggedAt === null ? [] : [Date.parse(loggedAt) - lastMs],
  );
  const rises = evidence.segments.every(
    ({ firstMs }, at) => firstMs >= (evidence.segments[at - 1]?.lastMs ?? 0),
  );
  return {
    wrong: [
      ...(apart.some((ms) => ms < -CLOCK_SLACK_MS) ? ["logged_before"] : []),
      ...(rises ? [] : ["out_of_order"]),
    ],
    doubts: apart.some((ms) => ms > LOGGED_WITHIN_MS) ? ["logged_late"] : [],
  };
}

function openedProof({ segments }: cameras.ClipEvidence): Field[] {
  return [
    { name: "algorithm", value: "AES-256-GCM / ChaCha20-Poly1305, STREAM; HKDF-SHA-256" },
    ...segments.map(({ id, sealedBytes }) => ({ name: "segment", value: `${id} ${sealedBytes}` })),
  ];
}

function completeProof({ segments }: cameras.ClipEvidence): Field[] {
  return [
    { name: "algorithm", value: "SHA-256, RFC 6962" },
    ...segments.flatMap(({ manifest }) => {
      const said = manifestOf(manifest);
      if (said === undefined) return [];
      return [
        { name: "frames", value: String(said.frames) },
        { name: "framesRoot", value: said.framesRoot },
        { name: "previous", value: said.previous ?? "" },
      ];
    }),
  ];
}

function signedProof(
  { segments }: cameras.ClipEvidence,
  { manifestHashes, report }: SealedClipReport,
): Field[] {
  const signers = segments.flatMap(({ manifest = "" }) =>
    [...manifest.matchAll(/^\u2014 (\S+) (\S+)$/gm)].map(([, name = ""]) => name),
  );
  return [
    { name: "algorithm", value: "Ed25519 (RFC 8032), C2SP signed-note" },
    ...unique(signers).map((value) => ({ name: "signer", value })),
    { name: "fingerprint", value: report.fingerprint },
    ...manifestHashes.flatMap((value) => (value === undefined ? [] : [{ name: "manifestSha256", value }])),
  ];
}

function timeProof({ segments }: cameras.ClipEvidence, report: ExportReport): Field[] {
  const fields = segments.flatMap(({ firstMs, lastMs, manifest }, at) => {
    const deviceMs = manifestOf(manifest)?.deviceFirstMs ?? null;
    const loggedAt = report.clip?.segments[at]?.loggedAt ?? null;
    return [
      { name: "recorded", value: `${isoOf(firstMs)} / ${isoOf(lastMs)}` },
      ...(deviceMs === null ? [] : [{ name: "deviceApartMs", value: String(deviceMs - firstMs) }]),
      ...(loggedAt === null ? [] : [{ name: "loggedAt", value: loggedAt }]),
    ];
  });
  return [...fields, ...witnessesOf(report)];
}

function loggedProof({ segments }: cameras.ClipEvidence, { places, report }: SealedClipReport): Field[] {
  return [
    { name: "algorithm", value: "RFC 6962, C2SP tlog-checkpoint" },
    { name: "log", value: report.origin },
    { name: "checkpointSize", value: String(report.size) },
    { name: "checkpointRoot", value: report.root },
    ...segments.flatMap(({ id }) => {
      const place = places.get(id);
      if (place === undefined) return [];
      return [
        { name: "entry", value: String(place.index) },
        { name: "leaf", value: place.leaf },
        { name: "pathLength", value: String(place.pathLength) },
      ];
    }),
    ...witnessesOf(report),
  ];
}

/** Those whose signature is under the checkpoint; whether to believe them is the reader's. */
const witnessesOf = ({ witnesses }: ExportReport): Field[] =>
  witnesses.flatMap(({ name, state, timeS }) =>
    state === "wrong" || timeS === null || timeS === undefined
      ? []
      : [{ name: "witness", value: `${name} ${isoOf(timeS * 1_000)}` }],
  );

const isoOf = (atMs: number): string => new Date(atMs).toISOString();
