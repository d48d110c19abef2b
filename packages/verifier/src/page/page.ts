import { parseVerifierKey, type VerifierKey } from "@gatehouse/ledger";
import { collectExport, type OpenedExport, openZip } from "../open-export.ts";
import { isLocked, unlock } from "../unlock.ts";
import { clipsOf, verifyOpened } from "../verify-opened.ts";
import { element } from "./dom.ts";
import { asTyped, fingerprintIn } from "./fingerprint.ts";
import { meetInstallation } from "./installation.ts";
import { showPictures } from "./pictures.ts";
import { clear, say, show, showEvents } from "./show.ts";
import { type Language, WORDS } from "./words.ts";

const fingerprint = element<HTMLInputElement>("fingerprint");
const witnesses = element<HTMLTextAreaElement>("witnesses");
const input = element<HTMLInputElement>("file");
const drop = element("drop");
const lockedForm = element<HTMLFormElement>("locked");
const password = element<HTMLInputElement>("password");
const identity = element<HTMLTextAreaElement>("identity");
const labelled = [...document.querySelectorAll<HTMLElement>("[data-text]")].map((holder) => ({
  holder,
  english: holder.textContent ?? "",
}));
const languages = [...document.querySelectorAll<HTMLButtonElement>(".languages button")];

let language: Language = navigator.language.startsWith("fr") ? "fr" : "en";
let opened: OpenedExport | undefined;
/** One that waits for what opens it. */
let locked: Uint8Array | undefined;

async function open(files: readonly File[]): Promise<void> {
  const [first, ...others] = files;
  if (first === undefined) return;
  clear();
  say(WORDS[language].verifying);
  const bytes = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  if (others.length > 0) {
    const named = files.map(async (file) => [file.name, await bytes(file)] as const);
    return verifySoon(collectExport(new Map(await Promise.all(named))));
  }
  const file = await bytes(first);
  locked = isLocked(file) ? file : undefined;
  lockedForm.hidden = locked === undefined;
  if (locked === undefined) return verifySoon(openZip(file));
  opened = undefined;
  element("result").hidden = true;
  password.focus();
}

/** With what was typed; the result is said where others are. */
async function unlockTyped(): Promise<void> {
  if (locked === undefined) return;
  say(WORDS[language].unlocking);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const zip = await unlock(locked, { passphrase: password.value, identities: identity.value });
  if (zip === undefined) {
    say(WORDS[language].notUnlocked, "changed");
    password.focus();
    return;
  }
  locked = undefined;
  lockedForm.hidden = true;
  password.value = "";
  identity.value = "";
  verifySoon(openZip(zip));
}

function verifySoon(found: OpenedExport): void {
  opened = found;
  say(WORDS[language].verifying);
  // The browser paints the sentence above before the work begins.
  requestAnimationFrame(() => setTimeout(verify));
}

function verify(): void {
  showCommand();
  if (opened === undefined) return;
  const words = WORDS[language];
  if (opened.state !== "complete") {
    clear();
    say(opened.state === "unreadable" ? words.unreadable : words.missing(opened.missing), "changed");
    return;
  }
  const started = performance.now();
  const found = fingerprintIn(opened);
  const pin = asTyped(fingerprint.value, found);
  const report = verifyOpened(opened, {
    ...(pin === "" ? {} : { fingerprint: pin }),
    witnesses: knownWitnesses(),
  });
  const tookMs = performance.now() - started;
  show(report, found, words);
  showEvents(opened.files.events, report.lines, words);
  showPictures(opened, report);
  element("took").textContent = words.took(durationText(tookMs));
  document.body.dataset.verifiedMs = String(Math.round(tookMs));
  document.body.dataset.found = JSON.stringify({
    problems: clipsOf(report).flatMap(({ report: clip }) => clip.problems.map(({ kind }) => kind)),
  });
}

function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toLocaleString(language, { maximumFractionDigits: 1 })} s`;
}

const knownWitnesses = (): VerifierKey[] =>
  witnesses.value.split(/\s+/).flatMap((text) => {
    try {
      return text === "" ? [] : [parseVerifierKey(text)];
    } catch {
      return [];
    }
  });

/** The same check at a command line, with what was typed here. */
function showCommand(): void {
  const pin = fingerprint.value.trim().replaceAll(/[^\w\s:-]/g, "");
  element("command").textContent = `node verify.mjs audit-log.zip --fingerprint "${pin === "" ? "…" : pin}"`;
}

function speak(chosen: Language): void {
  language = chosen;
  const { texts } = WORDS[chosen];
  document.documentElement.lang = chosen;
  for (const button of languages) button.ariaPressed = String(button.lang === chosen);
  for (const { holder, english } of labelled)
    holder.textContent = texts[holder.dataset.text ?? ""] ?? english;
  document.title = `Gatehouse: ${document.querySelector("h1")?.textContent}`;
  for (const region of document.querySelectorAll(".scroll"))
    region.ariaLabel = region.closest(".panel")?.querySelector("h2")?.textContent ?? null;
  verify();
}

lockedForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void unlockTyped();
});
for (const button of languages) button.addEventListener("click", () => speak(button.lang as Language));
input.addEventListener("change", () => void open([...(input.files ?? [])]));
for (const field of [fingerprint, witnesses]) field.addEventListener("change", verify);
for (const name of ["dragover", "dragleave", "drop"] as const)
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") void open([...(event.dataTransfer?.files ?? [])]);
  });
speak(language);
void meetInstallation((own) => {
  fingerprint.value = own;
  verify();
});
