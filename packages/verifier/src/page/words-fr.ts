import type { EvidenceReport, ProblemKind, SeamFinding } from "@gatehouse/ledger";
import { frenchCaseProblem, frenchCaseStatements } from "./case-words-fr.ts";
import { frenchClipProblem, frenchClipStatements } from "./clip-words-fr.ts";
import { frenchWitnessStatements } from "./witness-words-fr.ts";
import type { Words } from "./words.ts";

const PROBLEMS: Readonly<Record<ProblemKind, string>> = {
  keys_malformed: "Les clés sont illisibles.",
  log_not_certified: "La racine de l’installation n’a pas signé la clé de ce journal.",
  fingerprint_differs:
    "L’empreinte n’est pas celle que vous avez donnée : ceci vient d’une autre installation.",
  checkpoint_malformed: "Le point de contrôle est illisible.",
  checkpoint_not_signed: "Le journal n’a pas signé ce point de contrôle.",
  cosignature_wrong: "La signature d’un témoin sous le point de contrôle n’est pas authentique.",
  proofs_malformed: "Les preuves sont illisibles.",
  too_many_events: "Il y a plus d’événements qu’un export ne peut en contenir.",
  root_differs: "Les empreintes des feuilles ne sont pas celles du journal sous ce point de contrôle.",
  proof_wrong: "Cet événement n’est pas dans le journal à cet indice.",
  not_canonical: "Cet événement peut se lire de deux façons.",
  personal_malformed: "Une valeur révélée est illisible.",
  personal_differs: "Une valeur révélée n’est pas celle que contient l’événement.",
  seams_malformed: "Ce qui est dit des journaux d’avant et d’après celui-ci est illisible.",
  seam_wrong:
    "Un journal dit terminé, ou dit suivant, n’est pas confirmé par son entrée et ses points de contrôle.",
  witnessed_malformed: "Ce que des témoins auraient signé auparavant est illisible.",
  witnessed_wrong:
    "Un point de contrôle antérieur n’est pas de ce journal, ou ce journal ne le prolonge pas.",
  back_dated:
    "Cet événement se dit plus ancien qu’il ne peut l’être : un témoin a vu le journal sans lui plus de dix minutes après. Il a été antidaté, ou une horloge était fausse.",
  changed: "Cet événement a été modifié.",
  missing: "Cet événement manque.",
  swapped: "Cet événement n’est pas à sa place.",
  added: "Cette ligne a été ajoutée : elle n’est pas dans le journal.",
};

const several = (count: number, one: string, many: string): string => `${count} ${count < 2 ? one : many}`;

export const french: Words = {
  texts: {
    title: "Vérifier un export du journal d’audit, ou un clip",
    detail:
      "Calculé sur cette machine. Le fichier n’est envoyé nulle part, et aucun réseau n’est nécessaire.",
    export: "L’export",
    drop: "Déposez le zip ici, ou choisissez-le",
    dropText: "Les fichiers d’un export décompressé conviennent aussi.",
    locked: "Cet export est chiffré en entier. Ce qui l’ouvre reste sur cette machine.",
    password: "Son mot de passe",
    byKey: "J’ai une clé secrète d’age",
    identity: "La clé, AGE-SECRET-KEY-1…",
    unlock: "L’ouvrir",
    pictures: "Ce qui a été enregistré",
    clip: "Quel clip",
    play: "Lire",
    picturesText:
      "Seul ce qui est prouvé est montré : les images de segments entiers, signés et dans le journal.",
    result: "Vérification",
    found: "Empreinte de l’installation dans cet export",
    index: "Indice",
    line: "Ligne",
    problem: "Ce qui ne va pas",
    events: "Événements de cet export",
    installation: "Cette installation dit être",
    installationText:
      "Comparez avec le papier : la trousse de secours, une facture, un rapport. Un serveur détourné pourrait en montrer une autre ici.",
    compared: "Je l’ai comparée : l’utiliser",
    known: "Quelle installation vous attendez",
    fingerprint: "Empreinte, ou ses douze mots",
    fingerprintText:
      "Du papier ou de quelqu’un en qui vous avez confiance. Sans elle, personne ne peut dire qui a fait l’export.",
    witnesses: "Je connais des témoins de ce journal",
    witnessKeys: "Leurs clés, une par ligne",
    elsewhere: "La même chose sans cette page",
    elsewhereText:
      "Avec Node.js 18 ou plus récent et rien d’autre ; les deux fichiers sont aussi dans chaque export.",
    release: "Publiés avec cette version, les mêmes octets pour tous (SHA-256) :",
    keep: "Garder cette page",
  },
  verifying: "Vérification …",
  unreadable: "Ce n’est pas un export.",
  unlocking: "Ouverture …",
  notUnlocked: "Cela ne l’ouvre pas, ou le fichier a été modifié.",
  missing: (files) => `Il manque : ${files.join(", ")}.`,
  took: (duration) => `${duration}, sur cette machine`,
  shown: (shown, lines) => (shown < lines ? `les ${shown} premiers sur ${lines}` : String(lines)),
  columns: ["Heure (UTC)", "Quoi", "Qui", "Sur quoi", "Issue"],
  problem: (kind) => PROBLEMS[kind],
  caseProblem: frenchCaseProblem,
  caseStatements: frenchCaseStatements,
  clipProblem: frenchClipProblem,
  clipStatements: frenchClipStatements,
  statements: frenchStatements,
  verdict({ ok, pinned, problemCount }) {
    if (!ok) return `PAS AUTHENTIQUE : ${several(problemCount, "problème", "problèmes")}.`;
    return pinned === "pinned"
      ? "Authentique : tout est tel que cette installation l’a journalisé."
      : "Rien ne se contredit, mais l’empreinte N’EST PAS COMPARÉE : comparez-la avec celle du papier.";
  },
};

function frenchStatements(report: EvidenceReport): string[] {
  const { range, proven, lines, revealed, origin, size, seams } = report;
  return [
    `Point de contrôle : ${several(size, "événement", "événements")} de ${origin === "" ? "un journal inconnu" : origin}.`,
    `${proven} sur ${several(lines, "événement est", "événements sont")} dans le journal tels qu’ils figurent ici.`,
    range === null
      ? "Chaque événement a sa propre preuve ; rien n’est dit de ce qui se trouve entre eux."
      : rangeText(range),
    ...(revealed > 0
      ? [
          `${several(revealed, "valeur", "valeurs")} sur des personnes : celles que contiennent les événements.`,
        ]
      : []),
    ...seams.map(seamText),
    ...frenchWitnessStatements(report),
  ];
}

function rangeText({ from, to, unlisted }: NonNullable<EvidenceReport["range"]>): string {
  if (from === to) return "La plage est vide.";
  const whole = `Plage : indices ${from} à ${to - 1}, sans lacune.`;
  return unlisted === 0
    ? whole
    : `${whole} ${unlisted} n’y figurent que par leur empreinte : non demandés, ou d’autrui.`;
}

function seamText({ ended, size, begun, time, isAcknowledged }: SeamFinding): string {
  const owner = isAcknowledged
    ? "Le propriétaire l’a reconnu."
    : "Le propriétaire ne l’a PAS reconnu : demandez ce qui s’est passé.";
  return `Raccord : une sauvegarde a été restaurée à ${time.slice(0, 19)}Z. ${ended} s’est terminé à ${several(size, "événement", "événements")}, ${begun} le suit ; ce qui a été journalisé après cette sauvegarde n’est dans aucun des deux. ${owner}`;
}
