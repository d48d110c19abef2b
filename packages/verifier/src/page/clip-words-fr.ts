import type { ClipProblemKind, ClipReport } from "../clip/clip-report.ts";

const PROBLEMS: Readonly<Record<ClipProblemKind, string>> = {
  clip_malformed: "La liste du clip est illisible.",
  recorder_not_certified: "La racine de l’installation n’a pas signé la clé de ses enregistrements.",
  manifest_missing: "Le journal sait ce qui a été signé de ce segment, et ce n’est pas ici.",
  manifest_malformed: "Ce qui a été signé de ce segment est illisible.",
  foreign_key: "Ce segment est signé par une autre clé que celle des enregistrements de cette installation.",
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
  segment_missing: "Le segment signé avant celui-ci n’est pas ici : quelque chose a été coupé.",
  not_logged: "Rien dans le journal ne répond de ce segment.",
  entry_differs: "Le journal contient autre chose sur ce segment.",
};

export const frenchClipProblem = (kind: ClipProblemKind): string => PROBLEMS[kind];

export function frenchClipStatements({ camera, segments, problemCount }: ClipReport): string[] {
  const count = (state: string): number => segments.filter((one) => one.state === state).length;
  const frames = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.frames : 0), 0);
  const [first, last] = [segments[0], segments.at(-1)];
  const [proven, unsigned] = [count("proven"), count("unsigned")];
  const gaps = segments.filter(({ afterGap }) => afterGap);
  return [
    `Clip de la caméra ${camera === "" ? "inconnue" : camera} : ${proven} segments sur ${segments.length} entiers et tels que signés, avec ${frames} images.`,
    ...(first && last
      ? [
          `Il contient l’enregistrement de ${timeText(first.firstMs)} à ${timeText(last.lastMs)}, à l’heure du serveur.`,
        ]
      : []),
    ...gaps.map(
      ({ firstMs }) =>
        `INCOMPLET : ce qui a été signé juste avant ${timeText(firstMs)} n’y est pas. Cela a été retiré là où c’était enregistré, comme les vieux enregistrements, ou laissé de côté ici.`,
    ),
    ...(unsigned > 0
      ? [
          `${unsigned} d’entre eux N’ONT ÉTÉ SIGNÉS PAR PERSONNE, comme après une panne : rien n’en est prouvé.`,
        ]
      : []),
    ...(problemCount === 0 && proven > 0 ? ["Ce qui a été enregistré avant et après n’y est pas."] : []),
  ];
}

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
