import "./share.css";
import { type Clip, type Door, Ended, type Ending, SharedLink, tokenIn } from "./link.ts";
import { languageOf, WORDS, type Words } from "./words.ts";

/** While the film is made, and while it is shown: a link that is taken back shows nothing more. */
const MAKING_MS = 1_500;
const SHOWN_MS = 5_000;
const SECOND_MS = 1_000;

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const film = element<HTMLVideoElement>("film");
const password = element<HTMLInputElement>("password");
const save = element<HTMLAnchorElement>("save");
const labelled = [...document.querySelectorAll<HTMLElement>("[data-text]")].map((holder) => ({
  holder,
  english: holder.textContent,
}));
const languages = [...document.querySelectorAll<HTMLButtonElement>(".languages button")];

type Shown =
  | { readonly part: "waiting" }
  | { readonly part: "door"; readonly door: Door; readonly refused: (words: Words) => string }
  | { readonly part: "ended"; readonly ending: Ending }
  | { readonly part: "clip"; readonly clip: Clip };

let language = languageOf(navigator.languages);
let shown: Shown = { part: "waiting" };
let link: SharedLink | undefined;
let next: ReturnType<typeof setTimeout> | undefined;

const say = (id: string, text: string): void => {
  element(id).textContent = text;
};

function show(now: Shown): void {
  shown = now;
  for (const part of ["waiting", "door", "ended", "clip"] as const) element(part).hidden = part !== now.part;
  if (now.part !== "clip") film.removeAttribute("src");
  speak();
}

/** Everything that is to be read, in the language of today. */
function speak(): void {
  const words = WORDS[language];
  document.documentElement.lang = language;
  for (const button of languages) button.ariaPressed = String(button.lang === language);
  for (const { holder, english } of labelled)
    holder.textContent = words.texts[holder.dataset.text ?? ""] ?? english;
  if (shown.part === "door") speakDoor(shown, words);
  if (shown.part === "clip") speakClip(shown.clip, words);
  if (shown.part === "ended") {
    const [title, text] = words.ended[shown.ending];
    say("ended-title", title);
    say("ended-text", text);
    element("again").hidden = shown.ending !== "unreachable";
  }
  const heading = [...document.querySelectorAll("h1")].find(({ offsetParent }) => offsetParent !== null);
  document.title = heading === undefined ? "Gatehouse" : `Gatehouse: ${heading.textContent}`;
}

function speakDoor({ door, refused }: Extract<Shown, { part: "door" }>, words: Words): void {
  const { hasPassword, openingsLeft } = door;
  element("asks-password").hidden = !hasPassword;
  password.required = hasPassword;
  element("left").hidden = openingsLeft === undefined;
  say("left", openingsLeft === undefined ? "" : words.left(openingsLeft));
  say("refused", refused(words));
}

function speakClip(clip: Clip, words: Words): void {
  const { timeZone, fromMs, toMs, film: made } = clip;
  speakPlaces(words);
  const times = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long", timeZone });
  const until = new Intl.DateTimeFormat(language, {
    ...{ year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit" },
    ...{ timeZoneName: "short", timeZone },
  });
  say("when", times.formatRange(fromMs, toMs));
  say("who", words.by(clip.sharedBy, clip.organisation));
  const isReady = made.state === "ready";
  element("making").hidden = isReady;
  film.hidden = !isReady;
  save.hidden = !isReady || !clip.allowsDownload;
  const percent = new Intl.NumberFormat(language, { style: "percent" }).format(made.progress);
  const making = {
    waiting: words.madeSoon,
    rendering: words.making(percent),
    failed: words.failed,
    ready: "",
  };
  say("making-text", making[made.state]);
  element<HTMLProgressElement>("progress").value = made.progress;
  element("progress").hidden = made.state === "failed";
  const { camera, note, number, until: ends } = words.facts;
  const facts = [
    [camera, clip.camera ?? ""],
    [note, clip.note],
    [ends, until.format(clip.expiresMs)],
    [number, String(clip.number)],
  ];
  element("facts").replaceChildren(
    ...facts
      .filter(([, text]) => text !== "")
      .flatMap(([name, text]) => [entry("dt", name), entry("dd", text)]),
  );
}

/** One button for each clip, where there are several. */
function speakPlaces(words: Words): void {
  const { at, of } = link?.place ?? { at: 0, of: 1 };
  const places = element("clips");
  places.hidden = of < 2;
  places.ariaLabel = words.clips;
  const buttons = Array.from({ length: of }, (_, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(place + 1);
    button.ariaLabel = words.clip(place + 1, of);
    if (place === at) button.ariaCurrent = "true";
    button.addEventListener("click", () => turnTo(place));
    return button;
  });
  const focused = [...places.children].indexOf(document.activeElement as Element);
  places.replaceChildren(...buttons);
  buttons[focused]?.focus();
}

function turnTo(place: number): void {
  link?.turnTo(place);
  film.removeAttribute("src");
  void lookAgain();
}

function entry(name: "dt" | "dd", text: string | undefined): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text ?? "";
  return made;
}

/** Shows the clip, and goes on asking whether it may be shown. */
function showClip(clip: Clip): void {
  if (link === undefined) return;
  if (clip.film.state === "ready" && (film.getAttribute("src") === null || film.error !== null)) {
    const { currentTime } = film;
    film.src = link.film();
    film.currentTime = currentTime;
    film.setAttribute("controlsList", clip.allowsDownload ? "" : "nodownload");
    save.href = link.film(true);
  }
  show({ part: "clip", clip });
  again(clip.film.state === "ready" ? SHOWN_MS : MAKING_MS);
}

function again(afterMs: number): void {
  clearTimeout(next);
  next = setTimeout(() => void lookAgain(), afterMs);
}

async function lookAgain(): Promise<void> {
  const asked = link;
  const at = asked?.place.at;
  try {
    const clip = await asked?.look();
    if (clip !== undefined && asked === link && asked?.place.at === at) showClip(clip);
  } catch (error) {
    if (asked !== link) return;
    // Out of reach for a moment is no end.
    if (error instanceof Ended && error.ending === "unreachable") again(SHOWN_MS);
    // One of several that is not shown any more is no end of the others.
    else if (asked !== undefined && asked.place.of > 1 && asked.place.at > 0) turnTo(0);
    else end(error);
  }
}

function end(error: unknown): void {
  clearTimeout(next);
  show({ part: "ended", ending: error instanceof Ended ? error.ending : "unreachable" });
}

async function begin(): Promise<void> {
  clearTimeout(next);
  show({ part: "waiting" });
  const token = tokenIn(location.hash);
  link = token === undefined ? undefined : new SharedLink(token);
  if (link === undefined) return end(new Ended("unavailable"));
  try {
    const clip = await link.resume();
    if (clip !== undefined) return showClip(clip);
    show({ part: "door", door: await link.find(), refused: () => "" });
  } catch (error) {
    end(error);
  }
}

async function open(): Promise<void> {
  if (link === undefined || shown.part !== "door") return;
  const { door } = shown;
  try {
    const answer = await link.open(door.hasPassword ? password.value : undefined);
    if (!("refused" in answer)) return showClip(answer);
    const { refused } = answer;
    const seconds = refused === "wait" ? Math.ceil(answer.ms / SECOND_MS) : 0;
    show({
      ...{ part: "door", door },
      refused: (words) => (refused === "wait" ? words.wait(durationText(seconds)) : words.wrongPassword),
    });
    password.select();
  } catch (error) {
    end(error);
  }
}

function durationText(seconds: number): string {
  const [value, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit: unit as string, unitDisplay: "long" }).format(
    value as number,
  );
}

for (const button of languages)
  button.addEventListener("click", () => {
    language = languageOf([button.lang]);
    speak();
  });
element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const button = element("ask").querySelector("button") as HTMLButtonElement;
  button.disabled = true;
  void open().finally(() => {
    button.disabled = false;
  });
});
element("again").addEventListener("click", () => void begin());
// The link may have ended, or the connection.
film.addEventListener("error", () => again(MAKING_MS));
globalThis.addEventListener("hashchange", () => void begin());
void begin();
