import type { common as en } from "../en/common.ts";
import type { Same } from "../same.ts";

export const common: Same<typeof en> = {
  action: {
    back: "Retour",
    cancel: "Annuler",
    clearFilters: "Effacer les filtres",
    close: "Fermer",
    copied: "Copié",
    copy: "Copier",
    copyTraceId: "Copier l’identifiant de trace",
    home: "Ouvrir l’aperçu",
    retry: "Réessayer",
    retryNow: "Essayer maintenant",
  },
  device: {
    online: "En ligne",
    stale: "En retard",
    offline: "Hors ligne",
    never: "Jamais vu",
    revoked: "Révoqué",
    quarantined: "En quarantaine",
  },
  seal: {
    verified: "Authentique et complet",
    sealed: "Scellé, non ouvert",
    unknown: "Clé absente de cet appareil",
    tampered: "Modifié après scellement",
  },
  state: {
    still: "Lecture toujours en cours\u00a0: {what}…",
    reading: "Lecture en cours\u00a0: {what}",
    page: "la page",
    failed: "La lecture a échoué",
    shownFrom: "Les valeurs affichées datent de {time}.",
    traceId: "Identifiant de trace",
    offlineBrowser:
      "Le serveur ne répond pas. Vérifiez que Gatehouse fonctionne et que cet ordinateur est connecté.",
    unexpected: "La console a rencontré une réponse inconnue. Rechargez la page.",
  },
  live: {
    live: "En direct",
    paused: "En pause",
    connecting: "Connexion",
    lostTitle: "Direct interrompu",
    lostText: "Le serveur ne répond plus depuis {age}. Les valeurs affichées datent de {time}.",
    pausedTitle: "Direct en pause",
    pausedText: "Les valeurs affichées datent de {time}. Appuyez sur . pour reprendre.",
    resume: "Reprendre",
    waiting: "{count, plural, one {# nouveau} other {# nouveaux}}",
  },
  chart: {
    showTable: "Afficher en tableau",
    showChart: "Afficher en graphique",
    time: "Heure",
    empty: "{title}\u00a0: aucune valeur sur cette période.",
    summary:
      "{title}, {label}\u00a0: {count, plural, one {# valeur} other {# valeurs}}, minimum {low}, maximum {high}, dernière {last} à {time}.",
    noData: "Aucune valeur sur cette période",
  },
  table: {
    sort: "Trier par {column}",
    page: "{from}–{to} sur {total}",
    previous: "Page précédente",
    next: "Page suivante",
    more: "Lire la suite",
    atEnd: "Tout est affiché.",
    none: "Aucun",
  },
};
