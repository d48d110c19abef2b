import type { BackDated, EvidenceReport, Sighting, WitnessedSpan, WitnessFinding } from "@gatehouse/ledger";
import { SHOWN_BACK_DATED, secondText } from "../witness-statements.ts";

export const frenchWitnessStatements = (report: EvidenceReport): string[] => [
  ...report.witnesses.map(witnessText),
  earlierText(report),
  ...report.backDated.slice(0, SHOWN_BACK_DATED).map(backDatedText),
];

function witnessText({ name, state, timeS, isKnown, isOwnMachine }: WitnessFinding): string {
  if (state === "wrong") return `Témoin ${name} : sa signature n’est PAS authentique.`;
  if (state === "absent") return `Témoin ${name} : n’a pas signé ce point de contrôle.`;
  const at = secondText(timeS ?? 0);
  if (isOwnMachine)
    return `Témoin ${name} : une machine enrôlée par le propriétaire de cette installation a signé à ${at} ; protège d’un intrus ou d’un employé, pas du propriétaire.`;
  return isKnown
    ? `Témoin ${name} : a vu ce journal à ${at}.`
    : `Témoin ${name} : a signé à ${at} ; sa clé n’est venue qu’avec l’export, cela ne dit donc rien à lui seul.`;
}

function earlierText({ witnessed, sightings, size }: EvidenceReport): string {
  const word = "pour l’heure d’entrée au journal, il n’y a que la parole de l’installation.";
  if (witnessed === null)
    return `Aucun point de contrôle antérieur n’est joint, comme dans les exports d’anciennes versions, ou ils ont été retirés : ${word}`;
  const earlier = sightings.filter((seen) => seen.size < size);
  if (earlier.length === 0) return `Aucun témoin n’a vu ce journal auparavant : ${word}`;
  return `Des témoins ont vu ce journal auparavant, à ${witnessed} ${witnessed < 2 ? "taille" : "tailles"} : les événements sont confrontés à leurs horloges.`;
}

const backDatedText = ({ index, time, seen }: BackDated): string =>
  `ANTIDATÉ : l’événement d’indice ${index} dit ${time.slice(0, 19)}Z, et le témoin ${seen.witness} a vu le journal sans lui à ${secondText(seen.timeS)}.`;

export function frenchWitnessedSpan({ after, by }: WitnessedSpan): string | undefined {
  const sides = [
    ...(after === null ? [] : [`après ${secondText(after.timeS)} (${after.witness})`]),
    ...(by === null ? [] : [`au plus tard à ${secondText(by.timeS)} (${by.witness})`]),
  ];
  if (sides.length === 0) return undefined;
  return `Selon les horloges de témoins, il est entré au journal ${sides.join(" et ")}.${reservation([after, by])}`;
}

function reservation(sightings: readonly (Sighting | null)[]): string {
  const seen = sightings.filter((one) => one !== null);
  if (seen.some(({ isOwnMachine }) => isOwnMachine))
    return " L’un d’eux est une machine enrôlée par le propriétaire de cette installation.";
  return seen.some(({ isKnown }) => !isKnown)
    ? " Leurs clés ne sont venues qu’avec l’export, cela ne dit donc rien à lui seul."
    : "";
}
