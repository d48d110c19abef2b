import { parseFound } from "@gatehouse/video";
import { CLIP_FILE, FOUND, foundFile, parseClipList, pictureFile, videoFile } from "../clip/clip-list.ts";
import type { ClipReport } from "../clip/clip-report.ts";
import type { OpenedExport } from "../open-export.ts";
import { clipsOf, type ExportReport } from "../verify-opened.ts";
import { element } from "./dom.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** Something that can be looked at, with when it was taken and what a detector found in it. */
interface Picture {
  readonly kind: "image/jpeg" | "video/mp4";
  readonly bytes: Uint8Array;
  readonly takenMs: number;
  readonly found: string;
}

const SHORTEST_MS = 40;
const LONGEST_MS = 2_000;

let pictures: readonly Picture[] = [];
let shownUrl: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const place = element<HTMLInputElement>("place");
const choice = element<HTMLSelectElement>("clip");
const stage = element("stage");
const play = element<HTMLButtonElement>("play");
let sources: readonly { readonly files: Files; readonly report: ClipReport }[] = [];

/** Lets a person look through the proven parts of every clip. */
export function showPictures(
  opened: Extract<OpenedExport, { state: "complete" }>,
  report: ExportReport,
): void {
  stop();
  const clips = clipsOf(report);
  const files = opened.clip ?? opened.bundle ?? new Map<string, Uint8Array>();
  sources = clips.map(({ folder, report: clip }) => ({
    report: clip,
    files: folder === undefined ? files : within(files, `clips/${folder}/`),
  }));
  choice.replaceChildren(
    ...clips.map(({ folder, report: { camera, fromMs } }, at) => {
      const option = document.createElement("option");
      option.value = String(at);
      option.textContent = `${folder ?? ""} ${camera.slice(0, 8)} ${timeText(fromMs)}`.trim();
      return option;
    }),
  );
  element("clip-choice").hidden = clips.length < 2;
  choose(0);
  // What the log does not hold is shown by nobody, whatever is proven of it within.
  const isProven = report.problems.length === 0 && pictures.length > 0;
  element("pictures").hidden = !isProven;
}

function choose(at: number): void {
  stop();
  const source = sources[at];
  pictures = source === undefined ? [] : provenPictures(source.files, source.report);
  place.max = String(Math.max(0, pictures.length - 1));
  place.value = "0";
  play.hidden = pictures.every(({ kind }) => kind === "video/mp4");
  show();
}

const within = (files: Files, prefix: string): Files =>
  new Map(
    [...files].flatMap(([name, bytes]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), bytes] as const] : [],
    ),
  );

function provenPictures(files: Files, report: ClipReport): Picture[] {
  const list = parseClipList(files.get(CLIP_FILE) ?? new Uint8Array(0));
  const proven = new Set(
    report.segments.filter(({ state }) => state === "proven").map(({ segment }) => segment),
  );
  return (list?.segments ?? []).flatMap(({ segment, startMs, frames }): Picture[] => {
    if (!proven.has(segment)) return [];
    const video = files.get(videoFile(segment));
    if (video !== undefined) return [{ kind: "video/mp4", bytes: video, takenMs: startMs, found: "" }];
    const finds = new Map<number, string>();
    for (const [number, { kind }] of frames.entries()) {
      const found =
        kind === FOUND ? parseFound(files.get(foundFile(segment, number)) ?? new Uint8Array(0)) : undefined;
      if (found !== undefined)
        finds.set(
          found.takenMs,
          found.boxes.map(({ label, score }) => `${label} ${Math.round(score * 100)} %`).join(", "),
        );
    }
    return frames.flatMap(({ kind, offsetMs }, number): Picture[] => {
      const bytes = files.get(pictureFile(segment, number));
      const takenMs = startMs + offsetMs;
      return kind === FOUND || bytes === undefined
        ? []
        : [{ kind: "image/jpeg", bytes, takenMs, found: finds.get(takenMs) ?? "" }];
    });
  });
}

function show(): void {
  const picture = pictures[Number(place.value)];
  if (shownUrl !== undefined) URL.revokeObjectURL(shownUrl);
  shownUrl = undefined;
  stage.replaceChildren();
  element("picture-time").textContent = picture === undefined ? "" : timeText(picture.takenMs);
  element("picture-found").textContent = picture?.found ?? "";
  if (picture === undefined) return;
  const url = URL.createObjectURL(
    new Blob([picture.bytes as Uint8Array<ArrayBuffer>], { type: picture.kind }),
  );
  shownUrl = url;
  stage.append(picture.kind === "video/mp4" ? videoOf(url) : imageOf(url, picture));
}

function imageOf(url: string, { takenMs, found }: Picture): HTMLElement {
  const image = document.createElement("img");
  image.src = url;
  image.alt = [timeText(takenMs), found].filter((part) => part !== "").join(", ");
  return image;
}

function videoOf(url: string): HTMLElement {
  const video = document.createElement("video");
  video.controls = true;
  video.muted = true;
  video.src = url;
  return video;
}

/** At the speed at which it happened, but for gaps. */
function step(): void {
  const at = Number(place.value);
  const [now, next] = [pictures[at], pictures[at + 1]];
  if (now === undefined || next === undefined) {
    stop();
    return;
  }
  const waitMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, next.takenMs - now.takenMs));
  timer = setTimeout(() => {
    place.value = String(at + 1);
    show();
    step();
  }, waitMs);
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
  play.ariaPressed = "false";
}

play.addEventListener("click", () => {
  if (timer !== undefined) {
    stop();
    return;
  }
  if (Number(place.value) >= pictures.length - 1) place.value = "0";
  play.ariaPressed = "true";
  show();
  step();
});
place.addEventListener("input", () => {
  stop();
  show();
});
choice.addEventListener("change", () => choose(Number(choice.value)));

const timeText = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 23).replace("T", " ")} UTC`;
