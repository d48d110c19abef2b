import type { UnixMs } from "@gatehouse/base";
import { cases } from "@gatehouse/contract";
import type { Proofs, Segment } from "../../ports.ts";
import type { BundledClip, Gathered } from "../gather.ts";
import { Paper } from "./paper.ts";
import { REPORT_WORDS, type ReportWords } from "./words.ts";

const QR_POINTS = 92;
const PICTURE_POINTS = 250;
/** On one page. */
const MAX_SEGMENTS = 12;

interface Report {
  readonly gathered: Gathered;
  readonly words: ReportWords;
  readonly paper: Paper;
}

/** What is in a bundle, for people: the case, then one page for each clip. The same case makes the same bytes. */
export async function makeReport(
  gathered: Gathered,
  proofs: Proofs,
  stills: readonly (Uint8Array | undefined)[],
): Promise<Uint8Array> {
  const words = REPORT_WORDS[gathered.language];
  const { kept, madeMs, organisation } = gathered;
  const name = cases.caseName(kept.number);
  const paper = new Paper({ title: `${words.title} ${name}`, author: organisation, atMs: madeMs });
  const report = { gathered, words, paper };
  writeCase(report);
  writeProof(report, proofs);
  writeNotes(report);
  for (const [at, clip] of gathered.clips.entries()) {
    paper.page();
    writeClip(report, clip, at, stills[at]);
  }
  return paper.bytes((at, of) => `${name} · ${organisation} · ${words.page(at, of)}`);
}

function writeCase({ gathered, paper, words }: Report): void {
  const { clips, devices, kept, language, madeBy, madeMs, organisation, people, withheld } = gathered;
  paper.title(`${words.title}: ${cases.caseName(kept.number)}`);
  paper.text(kept.title);
  paper.faint(words.made(madeBy, instant(madeMs, language, "UTC")));
  paper.fact(words.organisation, organisation);
  paper.fact(words.stateLabel, words.state[kept.state]);
  paper.fact(words.tags, kept.tags.join(", "));
  paper.fact(words.summary, kept.summary);
  paper.fact(words.devices, devices.map(({ id, name }) => name || id).join(", "));
  paper.fact(words.people, people.join(", "));
  paper.heading(`${words.contents}: ${clips.length}`);
  for (const [at, { camera, span, timeZone }] of clips.entries())
    paper.text(`${at + 1}. ${camera || words.gone}, ${instant(span.fromMs, language, timeZone)}`);
  if (withheld > 0) paper.text(words.withheld(withheld));
}

function writeProof({ gathered, paper, words }: Report, proofs: Proofs): void {
  const number = new Intl.NumberFormat(gathered.language);
  paper.heading(words.proof);
  paper.text(words.log(proofs.origin, number.format(proofs.size)));
  paper.faint(words.root);
  paper.mono(rootOf(proofs), 9);
  paper.heading(words.fingerprint);
  paper.mono(proofs.fingerprint, 10);
  paper.text(proofs.words.join(" "));
  if (proofs.fingerprint !== "") paper.qr(proofs.fingerprint, QR_POINTS);
  paper.faint(words.compare);
}

/** The third line of a checkpoint (C2SP tlog-checkpoint). */
function rootOf({ files }: Proofs): string {
  const checkpoint = files.find(({ name }) => name === "checkpoint");
  const [, , root = ""] = Buffer.from(checkpoint?.bytes ?? new Uint8Array(0))
    .toString()
    .split("\n");
  return root;
}

function writeNotes({ gathered: { language, notes }, paper, words }: Report): void {
  if (notes.length === 0) return;
  paper.heading(words.notes);
  for (const { atMs, before, by, text } of notes) {
    paper.text(text);
    paper.faint(words.noteBy(by, instant(atMs, language, "UTC")));
    for (const old of before) {
      paper.faint(words.changedBy(old.by, instant(old.atMs, language, "UTC")));
      paper.faint(old.text);
    }
  }
}

function writeClip(
  { gathered, paper, words }: Report,
  clip: BundledClip,
  at: number,
  still: Uint8Array | undefined,
): void {
  const { camera, erasedMs, event, span, timeZone, verdict } = clip;
  const { language } = gathered;
  paper.title(words.clip(at + 1, gathered.clips.length));
  const box = event?.detection?.bestBox;
  const isShown = still !== undefined && paper.picture(still, box, PICTURE_POINTS);
  if (!isShown) paper.text(words.noPicture);
  paper.fact(words.camera, camera || words.gone);
  paper.fact(words.when, spanText(span, language, timeZone));
  paper.fact(words.utc, `${iso(span.fromMs)} – ${iso(span.toMs)}`);
  paper.fact(words.what, event === undefined ? words.chosen : words.kinds[event.kind]);
  const decided = verdict === undefined ? words.noVerdict : words.verdicts[verdict.verdict];
  const who =
    verdict === undefined ? "" : words.noteBy(verdict.byName, instant(verdict.atMs, language, timeZone));
  paper.fact(words.verdict, [decided, who, verdict?.note ?? ""].filter((part) => part !== "").join("\n"));
  if (erasedMs !== undefined) paper.text(words.erased(instant(erasedMs, language, timeZone)));
  writeSegments({ gathered, paper, words }, clip);
}

function writeSegments({ paper, words }: Report, { logIndexes, segments }: BundledClip): void {
  if (segments.length === 0) return;
  paper.heading(`${words.segments}: ${segments.length}`);
  paper.faint(words.segmentsText);
  const lineOf = ({ firstMs, frames, lastMs, manifestSha256, segmentId }: Segment): string => {
    const index = logIndexes.get(segmentId);
    const entry = index === undefined ? words.noEntry : words.entry(String(index));
    return `${iso(firstMs)} ${iso(lastMs)} ${frames}\n  ${manifestSha256 ?? words.unsigned} ${entry}`;
  };
  for (const segment of segments.slice(0, MAX_SEGMENTS)) paper.mono(lineOf(segment));
  if (segments.length > MAX_SEGMENTS) paper.faint(words.more(segments.length - MAX_SEGMENTS));
}

const iso = (atMs: UnixMs): string => new Date(atMs).toISOString();

const instant = (atMs: UnixMs, language: string, timeZone: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long", timeZone }).format(atMs);

const spanText = (
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  language: string,
  timeZone: string,
): string =>
  `${new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long", timeZone }).formatRange(fromMs, toMs)} (${timeZone})`;
