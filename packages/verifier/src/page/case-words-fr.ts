import type { CaseProblemKind, CaseReport } from "../case/verify-case.ts";

const PROBLEMS: Readonly<Record<CaseProblemKind, string>> = {
  case_malformed: "La liste du dossier est illisible.",
  file_missing: "La liste du dossier nomme ce fichier, et il n’est pas ici.",
  file_differs: "Ce fichier n’est pas celui que nomme la liste du dossier.",
};

export const frenchCaseProblem = (kind: CaseProblemKind): string => PROBLEMS[kind];

export function frenchCaseStatements({ clips, unproven }: CaseReport): string[] {
  return [
    `Dossier de ${clips.length} ${clips.length < 2 ? "clip, prouvé" : "clips, chacun prouvé"} par lui-même.`,
    ...(unproven.length === 0
      ? []
      : [
          `NON PROUVÉ, seulement listé : ${unproven.join(", ")}. Les films et un rapport sont produits après coup par qui a fait le dossier ; ce sont les images qui ont été scellées.`,
        ]),
  ];
}
