import { type ClipProblemKind, type ClipReport, isLate, witnessedSpanOf } from "../clip/clip-report.ts";
import { secondText } from "../witness-statements.ts";
import { frenchWitnessedSpan } from "./witness-words-fr.ts";

const PROBLEMS: Readonly<Record<ClipProblemKind, string>> = {
  clip_malformed: "La liste du clip est illisible.",
  recorder_not_certified: "La racine de l’installation n’a pas signé la clé de ses enregistrements.",
  manifest_missing: "Le journal sait ce qui a été signé de ce segment, et ce n’est pas ici.",
  manifest_malformed: "Ce qui a été signé de ce segment est illisible.",
  foreign_key:
    "Ce segment est signé par une autre clé que celle des enregistrements de cette installation ou de cette caméra.",
  manifest_changed: "Ce qui a été signé de ce segment a été modifié ensuite.",
  other_camera: "Ce segment est d’une autre caméra.",
  other_segment: "Ce qui a été signé concerne un autre segment.",
  back_dated: "Les heures ne sont pas celles qui ont été signées : antidatées, ou postdatées.",
  frames_cut: "Le segment n’est qu’une partie de ce qui a été signé : des images en ont été coupées.",
  frames_differ:
    "Les images ne sont pas celles qui ont été signées : modifiées, réencodées, ou dans un autre ordre.",
  frame_changed: "Cette image a été modifiée, ou réencodée.",
  frame_missing: "Cette image manque.",
  frame_moved: "Cette image n’est pas à sa place.",
  frame_added: "Ceci a été ajouté : ce n’était pas signé.",
  frame_mislabelled:
    "La liste l’appelle une image, ou ce qui a été trouvé dans une image, et c’est l’autre des deux.",
  segment_missing: "Le segment signé avant celui-ci n’est pas ici : quelque chose a été coupé.",
  tail_missing: "La fin manque : le journal sait qu’il y a plus de ce que ce clip dit contenir.",
  not_logged: "Rien dans le journal ne répond de ce segment.",
  entry_differs: "Le journal contient autre chose sur ce segment.",
};

export const frenchClipProblem = (kind: ClipProblemKind): string => PROBLEMS[kind];

export function frenchClipStatements({ camera, segments, problemCount }: ClipReport): string[] {
  const count = (state: string): number => segments.filter((one) => one.state === state).length;
  const frames = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.frames : 0), 0);
  const found = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.found : 0), 0);
  const [first, last] = [segments[0], segments.at(-1)];
  const [proven, unsigned] = [count("proven"), count("unsigned")];
  const own = segments.filter(({ signedBy }) => signedBy === "camera").length;
  const late = segments.filter(isLate);
  const witnessed = frenchWitnessedSpan(witnessedSpanOf(segments));
  const gaps = segments.filter(({ afterGap }) => afterGap);
  return [
    `Clip de la caméra ${camera === "" ? "inconnue" : camera} : ${proven < 2 ? `${proven} segment sur ${segments.length} entier et tel que signé` : `${proven} segments sur ${segments.length} entiers et tels que signés`}, avec ${several(frames, "image")}${found > 0 ? ` et ${several(found, "relevé")} de ce qu’un détecteur y a trouvé` : ""}.`,
    ...(first && last
      ? [
          `Il contient l’enregistrement de ${timeText(first.firstMs)} à ${timeText(last.lastMs)}, à l’heure du serveur.`,
        ]
      : []),
    ...(own > 0
      ? [
          `${own === 1 ? "1 d’entre eux a été signé" : `${own} d’entre eux ont été signés`} par la machine de la caméra elle-même, dont l’installation garantit la clé.`,
        ]
      : []),
    ...gaps.map(
      ({ firstMs }) =>
        `INCOMPLET : ce qui a été signé juste avant ${timeText(firstMs)} n’y est pas. Cela a été retiré là où c’était enregistré, comme les vieux enregistrements, ou laissé de côté ici.`,
    ),
    ...late.map(
      ({ firstMs, loggedAt, lastMs, witnessed: span }) =>
        `JOURNALISÉ TARD : ce qui a été enregistré à partir de ${timeText(firstMs)} est entré au journal ${Math.round((Date.parse(loggedAt ?? "") - lastMs) / 60_000)} minutes après sa fin, à ${(loggedAt ?? "").slice(0, 19)}Z selon son entrée${span?.after ? ` ; le témoin ${span.after.witness} a vu le journal sans lui à ${secondText(span.after.timeS)}` : ""}. Jusque-là, seul qui l’a signé répond de son heure.`,
    ),
    ...(witnessed === undefined ? [] : [witnessed]),
    ...(unsigned > 0
      ? [
          `${unsigned === 1 ? "1 d’entre eux N’A ÉTÉ SIGNÉ" : `${unsigned} d’entre eux N’ONT ÉTÉ SIGNÉS`} PAR PERSONNE, comme après une panne : rien n’en est prouvé.`,
        ]
      : []),
    ...(problemCount === 0 && proven > 0 ? ["Ce qui a été enregistré avant et après n’y est pas."] : []),
  ];
}

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** Zero is singular in French. */
const several = (count: number, what: string): string => `${count} ${what}${count < 2 ? "" : "s"}`;
