import {
  type EvidenceFiles,
  type EvidenceReport,
  parseVerifierKey,
  type VerifierKey,
  verifyEvidence,
} from "@gatehouse/ledger";
import { collectExport, type OpenedExport, openZip } from "../open-export.ts";
import { problemText, statements, verdictText } from "../statements.ts";

/** Events that are shown; all are verified. */
const SHOWN_EVENTS = 500;

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const fingerprint = element<HTMLInputElement>("fingerprint");
const witnesses = element<HTMLTextAreaElement>("witnesses");
const input = element<HTMLInputElement>("file");
const drop = element("drop");
const verdict = element("verdict");

let opened: OpenedExport | undefined;

async function open(files: readonly File[]): Promise<void> {
  const [first, ...others] = files;
  if (first === undefined) return;
  say("Verifying …", "");
  const bytes = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  opened =
    others.length === 0
      ? openZip(await bytes(first))
      : collectExport(
          new Map(await Promise.all(files.map(async (file) => [file.name, await bytes(file)] as const))),
        );
  // The browser paints the sentence above before the work begins.
  requestAnimationFrame(() => setTimeout(verify));
}

function verify(): void {
  if (opened === undefined) return;
  if (opened.state !== "complete") {
    const reason =
      opened.state === "unreadable" ? "This is no export." : `Missing: ${opened.missing.join(", ")}.`;
    clear();
    say(reason, "bad");
    return;
  }
  const started = performance.now();
  const pin = fingerprint.value.trim();
  const report = verifyEvidence(opened.files, {
    ...(pin === "" ? {} : { fingerprint: pin }),
    witnesses: knownWitnesses(),
  });
  show(report, opened.files);
  document.body.dataset.verifiedMs = String(Math.round(performance.now() - started));
}

const knownWitnesses = (): VerifierKey[] =>
  witnesses.value.split(/\s+/).flatMap((text) => {
    try {
      return text === "" ? [] : [parseVerifierKey(text)];
    } catch {
      return [];
    }
  });

function clear(): void {
  element("found").textContent = "";
  element("statements").replaceChildren();
  element("events").replaceChildren();
  element("problems").hidden = true;
}

function say(text: string, state: string): void {
  element("result").hidden = false;
  verdict.textContent = text;
  verdict.className = state;
}

function show(report: EvidenceReport, files: EvidenceFiles): void {
  clear();
  element("found").textContent = report.fingerprint;
  say(verdictText(report), report.ok ? (report.pinned === "pinned" ? "good" : "") : "bad");
  element("statements").append(...statements(report).map((text) => textElement("li", text)));
  const problems = element<HTMLTableElement>("problems");
  problems.hidden = report.problems.length === 0;
  problems.tBodies[0]?.replaceChildren(
    ...report.problems.map(({ kind, index, line }) => row([index ?? "", line ?? "", problemText(kind)])),
  );
  showEvents(files.events);
}

function showEvents(events: Uint8Array): void {
  const text = new TextDecoder().decode(events.subarray(0, SHOWN_EVENTS * 2_000));
  const table = document.createElement("table");
  const body = table.createTBody();
  for (const line of text.split("\n").slice(0, SHOWN_EVENTS)) {
    const event = parse(line);
    if (event !== undefined)
      body.append(row([event.time, event.kind, event.actor?.id, event.subject?.id, event.outcome]));
  }
  element("events").replaceChildren(table);
}

interface Shown {
  readonly time?: unknown;
  readonly kind?: unknown;
  readonly outcome?: unknown;
  readonly actor?: { readonly id?: unknown };
  readonly subject?: { readonly id?: unknown } | null;
}

function parse(line: string): Shown | undefined {
  try {
    return JSON.parse(line) as Shown;
  } catch {
    return undefined;
  }
}

function row(cells: readonly unknown[]): HTMLTableRowElement {
  const made = document.createElement("tr");
  made.append(...cells.map((cell) => textElement("td", String(cell ?? ""))));
  return made;
}

function textElement(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

input.addEventListener("change", () => void open([...(input.files ?? [])]));
for (const field of [fingerprint, witnesses]) field.addEventListener("change", verify);
for (const name of ["dragover", "dragleave", "drop"] as const)
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") void open([...(event.dataTransfer?.files ?? [])]);
  });
