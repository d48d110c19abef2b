export type Language = "en" | "fr";

/** Everything that the page says. */
export interface Words {
  /** What elements say, by the name they have in `data-text`; in English as share.html has it. */
  readonly texts: Readonly<Record<string, string>>;
  readonly left: (openings: number) => string;
  readonly ended: Readonly<Record<"unavailable" | "erased" | "unreachable", readonly [string, string]>>;
  readonly wrongPassword: string;
  readonly wait: (duration: string) => string;
  readonly by: (name: string | undefined, organisation: string) => string;
  readonly making: (percent: string) => string;
  readonly madeSoon: string;
  readonly failed: string;
  readonly clip: (at: number, of: number) => string;
  /** Several that one link shows. */
  readonly clips: string;
  readonly facts: Readonly<Record<"camera" | "note" | "until" | "number", string>>;
}

const english: Words = {
  texts: {},
  left: (openings) =>
    openings === 1 ? "This link opens once more." : `This link opens ${openings} more times.`,
  ended: {
    unavailable: [
      "This link does not work",
      "It may have ended or been taken back, or some of it is missing. Ask whoever sent it.",
    ],
    erased: ["The recording was erased", "What this link showed is not there any more."],
    unreachable: ["No answer", "The server cannot be reached. The link may still work later."],
  },
  wrongPassword: "The password is wrong.",
  wait: (duration) => `Too many attempts. Wait ${duration}, then try again.`,
  by: (name, organisation) =>
    name === undefined ? `Shared by ${organisation}` : `Shared by ${name}, ${organisation}`,
  making: (percent) => `The film is being made: ${percent}`,
  madeSoon: "The film is made as soon as others before it are done.",
  failed: "The film could not be made. It is tried again when the link is opened again.",
  clip: (at, of) => `Clip ${at} of ${of}`,
  clips: "Clips",
  facts: { camera: "Camera", note: "Note", until: "Works until", number: "Link" },
};

const french: Words = {
  texts: {
    waiting: "Lecture du lien en cours…",
    doorTitle: "Un enregistrement est partagé avec vous",
    doorText: "La personne qui le partage voit qu’il a été ouvert, et quand. Rien ne vous est demandé.",
    password: "Mot de passe du lien",
    show: "L’afficher",
    again: "Réessayer",
    save: "Enregistrer le film",
    logged: "L’ouverture de ce lien figure au journal de la personne qui le partage.",
  },
  left: (openings) =>
    openings === 1 ? "Ce lien s’ouvre encore une fois." : `Ce lien s’ouvre encore ${openings} fois.`,
  ended: {
    unavailable: [
      "Ce lien ne fonctionne pas",
      "Il est peut-être terminé, retiré ou incomplet. Demandez à la personne qui l’a envoyé.",
    ],
    erased: ["L’enregistrement a été effacé", "Ce que montrait ce lien n’existe plus."],
    unreachable: ["Pas de réponse", "Le serveur est injoignable. Le lien fonctionnera peut-être plus tard."],
  },
  wrongPassword: "Le mot de passe est faux.",
  wait: (duration) => `Trop d’essais. Attendez ${duration}, puis réessayez.`,
  by: (name, organisation) =>
    name === undefined ? `Partagé par ${organisation}` : `Partagé par ${name}, ${organisation}`,
  making: (percent) => `Le film est en préparation\u00a0: ${percent}`,
  madeSoon: "Le film sera préparé dès que d’autres avant lui seront terminés.",
  failed: "Le film n’a pas pu être préparé. Un nouvel essai a lieu quand le lien est rouvert.",
  clip: (at, of) => `Séquence ${at} sur ${of}`,
  clips: "Séquences",
  facts: { camera: "Caméra", note: "Note", until: "Fonctionne jusqu’au", number: "Lien" },
};

export const WORDS: Readonly<Record<Language, Words>> = { en: english, fr: french };

/** The first language of the reader that there is. */
export const languageOf = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag === "en" || tag === "fr") ?? "en";
