import type { cameras, cases, Language } from "@gatehouse/contract";

/** What stands in a report, in one language. */
export interface ReportWords {
  readonly title: string;
  readonly organisation: string;
  readonly made: (by: string, at: string) => string;
  readonly state: Record<cases.CaseState, string>;
  readonly stateLabel: string;
  readonly summary: string;
  readonly tags: string;
  readonly devices: string;
  readonly people: string;
  readonly contents: string;
  readonly withheld: (count: number) => string;
  readonly notes: string;
  readonly noteBy: (by: string, at: string) => string;
  readonly changedBy: (by: string, at: string) => string;
  readonly proof: string;
  readonly log: (origin: string, size: string) => string;
  readonly root: string;
  readonly fingerprint: string;
  readonly compare: string;
  readonly clip: (at: number, of: number) => string;
  readonly camera: string;
  readonly when: string;
  readonly utc: string;
  readonly what: string;
  readonly kinds: Record<cameras.CameraEventKind, string>;
  readonly chosen: string;
  readonly verdict: string;
  readonly verdicts: Record<cameras.Verdict, string>;
  readonly noVerdict: string;
  readonly segments: string;
  readonly segmentsText: string;
  readonly unsigned: string;
  readonly entry: (index: string) => string;
  readonly noEntry: string;
  readonly more: (count: number) => string;
  readonly noPicture: string;
  readonly erased: (at: string) => string;
  readonly gone: string;
  readonly page: (at: number, of: number) => string;
}

const en: ReportWords = {
  title: "Evidence report",
  organisation: "Organisation",
  made: (by, at) => `Made by ${by} on ${at}`,
  state: { open: "open", closed: "closed" },
  stateLabel: "State",
  summary: "Summary",
  tags: "Tags",
  devices: "Devices",
  people: "People",
  contents: "Clips",
  withheld: (count) =>
    count === 1
      ? "One more clip of this case is not in here: whoever made this report may not see its camera."
      : `${count} more clips of this case are not in here: whoever made this report may not see their cameras.`,
  notes: "Notes",
  noteBy: (by, at) => `${by}, ${at}`,
  changedBy: (by, at) => `Until ${at}, when ${by} changed it, it said:`,
  proof: "What proves it",
  log: (origin, size) => `Audit log ${origin}, ${size} entries, under the head:`,
  root: "Root hash",
  fingerprint: "Fingerprint of the installation",
  compare:
    "Compare this with what the installation itself shows or has printed: the files beside this report prove nothing about who made them. Then open verify.html in a browser and drop the bundle onto it.",
  clip: (at, of) => `Clip ${at} of ${of}`,
  camera: "Camera",
  when: "When",
  utc: "In UTC",
  what: "What",
  kinds: { motion: "Motion", device: "Noticed by the camera", person: "Person", object: "Object" },
  chosen: "A span that somebody chose",
  verdict: "Verdict",
  verdicts: { intrusion: "Intrusion", not_intrusion: "No intrusion", undecided: "Undecided" },
  noVerdict: "None yet",
  segments: "Sealed segments",
  segmentsText: "From, to (UTC), frames, SHA-256 of the signed manifest, entry of the audit log",
  unsigned: "not signed",
  entry: (index) => `entry ${index}`,
  noEntry: "no entry",
  more: (count) => `and ${count} more, in case.json`,
  noPicture: "No picture of this is recorded.",
  erased: (at) => `Something of this clip was erased on ${at}.`,
  gone: "removed camera",
  page: (at, of) => `Page ${at} of ${of}`,
};

const fr: ReportWords = {
  title: "Rapport de preuves",
  organisation: "Organisation",
  made: (by, at) => `Établi par ${by} le ${at}`,
  state: { open: "ouvert", closed: "clos" },
  stateLabel: "État",
  summary: "Résumé",
  tags: "Étiquettes",
  devices: "Appareils",
  people: "Personnes",
  contents: "Séquences",
  withheld: (count) =>
    count === 1
      ? "Une autre séquence de ce dossier n’est pas ici : qui a établi ce rapport ne peut pas voir sa caméra."
      : `${count} autres séquences de ce dossier ne sont pas ici : qui a établi ce rapport ne peut pas voir leurs caméras.`,
  notes: "Notes",
  noteBy: (by, at) => `${by}, ${at}`,
  changedBy: (by, at) => `Jusqu’au ${at}, quand ${by} l’a modifiée, elle disait :`,
  proof: "Ce qui le prouve",
  log: (origin, size) => `Journal d’audit ${origin}, ${size} entrées, sous la tête :`,
  root: "Empreinte de la racine",
  fingerprint: "Empreinte de l’installation",
  compare:
    "Comparez-la à ce que l’installation elle-même affiche ou a imprimé : les fichiers joints à ce rapport ne prouvent rien sur leur auteur. Ouvrez ensuite verify.html dans un navigateur et déposez-y le dossier exporté.",
  clip: (at, of) => `Séquence ${at} sur ${of}`,
  camera: "Caméra",
  when: "Quand",
  utc: "En UTC",
  what: "Quoi",
  kinds: { motion: "Mouvement", device: "Remarqué par la caméra", person: "Personne", object: "Objet" },
  chosen: "Une durée choisie par quelqu’un",
  verdict: "Verdict",
  verdicts: { intrusion: "Intrusion", not_intrusion: "Pas d’intrusion", undecided: "Indécis" },
  noVerdict: "Aucun pour l’instant",
  segments: "Segments scellés",
  segmentsText: "De, à (UTC), images, SHA-256 du manifeste signé, entrée du journal d’audit",
  unsigned: "non signé",
  entry: (index) => `entrée ${index}`,
  noEntry: "aucune entrée",
  more: (count) => `et ${count} autres, dans case.json`,
  noPicture: "Aucune image n’en est enregistrée.",
  erased: (at) => `Une partie de cette séquence a été effacée le ${at}.`,
  gone: "caméra supprimée",
  page: (at, of) => `Page ${at} sur ${of}`,
};

export const REPORT_WORDS: Record<Language, ReportWords> = { en, fr };
