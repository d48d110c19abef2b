import { clipsOf, type ExportReport } from "../verify-opened.ts";
import { element, row, textElement } from "./dom.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type SealState, seal } from "./seal.ts";
import type { Words } from "./words.ts";

/** Events that are shown; all are verified. */
const SHOWN_EVENTS = 500;
/** Longest part of the events that is read to show some: a line has at most 16 KiB. */
const SHOWN_BYTES = 2_000_000;

const BANDS: Readonly<Record<SealState, string>> = { genuine: "good", unknown: "open", changed: "bad" };

/** A sentence with its seal; without one, work is under way. */
export function say(text: string, state?: SealState): void {
  element("result").hidden = false;
  element("verdict").textContent = text;
  element("band").className = state === undefined ? "" : BANDS[state];
  element("seal").replaceChildren(...(state === undefined ? [] : [seal(state)]));
}

export function clear(): void {
  element("statements").replaceChildren();
  element("took").textContent = "";
  for (const id of ["identity", "problems", "pictures", "listing"]) element(id).hidden = true;
}

export function show(report: ExportReport, found: Fingerprint | undefined, words: Words): void {
  clear();
  say(words.verdict(report), report.ok ? (report.pinned === "pinned" ? "genuine" : "unknown") : "changed");
  element("identity").hidden = found === undefined;
  element("found").textContent = found?.hex ?? "";
  element("found-words").textContent = found?.words ?? "";
  const { bundle } = report;
  const clips = clipsOf(report);
  const ofClips = clips.flatMap(({ folder, report: clip }) =>
    words.clipStatements(clip).map((text) => (folder === undefined ? text : `${folder} · ${text}`)),
  );
  const said = [...(bundle ? words.caseStatements(bundle) : []), ...ofClips, ...words.statements(report)];
  element("statements").append(...said.map((text) => textElement("li", text)));
  const problems = element("problems");
  const ofBundle = bundle?.problems ?? [];
  problems.hidden = report.problemCount === 0;
  problems
    .querySelector("tbody")
    ?.replaceChildren(
      ...report.problems.map(({ kind, index, line }) => row("td", [index, line, words.problem(kind)])),
      ...ofBundle.map(({ kind, file }) => row("td", [file, "", words.caseProblem(kind)])),
      ...clips.flatMap(({ folder, report: { problems: found } }) =>
        found.map(({ kind, segment, frame }) =>
          row("td", [
            [folder, segment?.slice(0, 8)].filter(Boolean).join(" · "),
            frame,
            words.clipProblem(kind),
          ]),
        ),
      ),
    );
}

interface Shown {
  readonly time?: unknown;
  readonly kind?: unknown;
  readonly outcome?: unknown;
  readonly actor?: { readonly kind?: unknown; readonly id?: unknown };
  readonly subject?: { readonly kind?: unknown; readonly id?: unknown } | null;
}

/** The first events as they stand in the file, whatever the verdict. */
export function showEvents(file: Uint8Array, lines: number, words: Words): void {
  const text = new TextDecoder().decode(file.subarray(0, SHOWN_BYTES));
  const events = text.split("\n").slice(0, SHOWN_EVENTS).flatMap(parse);
  const table = document.createElement("table");
  table.createTHead().append(row("th", words.columns));
  table.createTBody().append(
    ...events.map(({ time, kind, actor, subject, outcome }) => {
      const at = String(time).slice(0, 19).replace("T", " ");
      return row("td", [at, kind, partyText(actor), partyText(subject), outcome]);
    }),
  );
  element("events").replaceChildren(table);
  element("shown").textContent = words.shown(events.length, lines);
  element("listing").hidden = events.length === 0;
}

/** Ids are long: the ends of each are enough to tell them apart here, and the file has all of them. */
const partyText = (party: Shown["subject"]): string => {
  if (party === undefined || party === null) return "";
  const id = String(party.id);
  const short = id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
  return party.kind === party.id ? short : `${party.kind} ${short}`;
};

function parse(line: string): Shown[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}
