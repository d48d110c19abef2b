import type { push as en } from "../en/push.ts";
import type { Same } from "../same.ts";

export const push: Same<typeof en> = {
  title: "Messages push",
  subtitle: "dans quels navigateurs vous êtes prévenu des alertes",
  reading: "vos navigateurs",
  able: {
    on: "Ce navigateur vous montre les alertes, même quand la console est fermée.",
    off: "Ce navigateur ne montre les alertes que quand la console est ouverte.",
    denied:
      "Ce navigateur refuse les notifications de ce site. Ses réglages peuvent les permettre de nouveau.",
    insecure: "Les messages push demandent une adresse https.",
    needs_home_screen:
      "Sur un iPhone ou un iPad, ajoutez d’abord Gatehouse à l’écran d’accueil (Partager, puis Sur l’écran d’accueil), et ouvrez-le de là.",
    unable: "Ce navigateur n’a pas de messages push.",
  },
  switchOn: "Activer ici",
  switchOff: "Désactiver ici",
  refused: "La permission d’afficher des notifications n’a pas été donnée au navigateur.",
  noService: "Le service push du navigateur n’a pas répondu.",
  noChannel:
    "Aucun canal de l’organisation ne vous envoie encore de messages push, donc aucune règle non plus. Un propriétaire en ajoute un sous Réglages, Notifications.",
  sessions: "Un navigateur est prévenu jusqu’à la fin de sa session.",
  column: { browser: "Navigateur", since: "Depuis", told: "Dernier message", act: "Action" },
  here: "Celui-ci",
  never: "pas encore",
  failing: "{count, plural, one {# message refusé} other {# messages refusés}} depuis",
  test: "Essayer",
  testOne: "Envoyer un essai à {name}",
  testOk: "L’essai a été accepté.",
  testFailed: "Refusé\u00a0: {detail}",
  remove: "Retirer",
  removeOne: "Retirer {name}",
  empty: "Aucun navigateur n’est encore prévenu.",
  minSeverity: "Me prévenir à partir de cette gravité",
  save: "Enregistrer",
  saved: "Enregistré.",
};
