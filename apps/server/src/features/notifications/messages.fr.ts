import type { Messages } from "./messages.en.ts";

/** Textes des messages, en français. */
export const fr: Messages = {
  severity: { info: "Information", warning: "Avertissement", critical: "Critique" },
  subject: {
    raised: (rule, device) => `${rule} : ${device}`,
    repeated: (rule, device) => `Toujours en cours : ${rule} : ${device}`,
    escalated: (rule, device) => `Personne n’a répondu\u00a0: ${rule}\u00a0: ${device}`,
    resolved: (rule, device) => `Terminé : ${rule} : ${device}`,
  },
  where: (device, site) => `Appareil : ${device}, ${site}`,
  camera: (camera, site) => `Caméra\u00a0: ${camera}, ${site}`,
  seen: {
    line: (what) => `Vu\u00a0: ${what}`,
    people: (count) => (count === 1 ? "1 personne" : `${count} personnes à la fois`),
    sure: (what, ratio) => `${what}, sûr à ${ratio}`,
    motion: "un mouvement",
    device: "quelque chose, par la caméra elle-même",
  },
  zones: (zones) => `Zone\u00a0: ${zones}`,
  value: (metric, value) => `Mesure : ${metric} = ${value}`,
  condition: {
    above: (limit) => `Règle : au-dessus de ${limit}`,
    below: (limit) => `Règle : au-dessous de ${limit}`,
    outside: (lower, upper) => `Règle : hors de ${lower} à ${upper}`,
    rises: (perMinute) => `Règle : monte de ${perMinute} par minute ou plus`,
    falls: (perMinute) => `Règle : baisse de ${perMinute} par minute ou plus`,
    silence: (duration) => `Règle : rien reçu depuis ${duration}`,
    state: (metric, value) => `Règle : ${metric} est ${value}`,
  },
  raised: (time) => `Depuis : ${time}`,
  resolved: (time) => `Terminé : ${time}`,
  truth: { true: "activé", false: "désactivé" },
  announced: {
    "witness.refused": {
      subject: (name) => `Le témoin ${name} refuse le journal d’audit`,
      line: "Il dit que ce journal n’est pas celui qu’il a vu\u00a0: des entrées ont été coupées ou réécrites, ou une ancienne sauvegarde a été remise.",
    },
    "witness.silent": {
      subject: (name) => `Le témoin ${name} se tait`,
      line: "Il n’a pas cosigné le journal d’audit depuis plus longtemps que permis. D’ici là, personne d’autre ne répond de ce qui est noté.",
    },
    "witness.well": {
      subject: (name) => `Le témoin ${name} cosigne de nouveau`,
      line: "Il a cosigné le dernier point de contrôle du journal d’audit.",
    },
    "login.attacked": {
      subject: (name) =>
        name === "" ? "Quelqu’un devine des mots de passe" : `Quelqu’un devine le mot de passe de ${name}`,
      line: "Gatehouse refuse et ralentit ces essais, et laisse entrer qui connaît son mot de passe. Un second facteur arrête qui devine juste.",
    },
  },
  summary: {
    subject: (count) =>
      count === 1 ? "Un message pendant les heures calmes" : `${count} messages pendant les heures calmes`,
    more: (count) => `et ${count} autres`,
  },
  morning: {
    subject: (date) => `Devant les caméras le ${date}`,
    site: (site, { people, mostAtOnce, alarms, others, open }) =>
      `${site}\u00a0: ${people} avec des personnes${people === 0 ? "" : ` (${mostAtOnce} à la fois au plus)`}, ${alarms} ${alarms < 2 ? "alarme" : "alarmes"}, ${others} ${others < 2 ? "autre événement" : "autres événements"}, ${open} sans décision`,
    silent: (cameras) => `Sans images pendant une demi-heure ou plus\u00a0: ${cameras}`,
    nothing: "Aucune caméra pour l’instant.",
  },
  push: {
    acknowledge: "Prendre en charge",
    open: "Ouvrir",
    test: (label) => `Ceci est un essai. Les messages arrivent dans « ${label} ».`,
  },
  test: {
    subject: "Message d’essai",
    line: (channel) => `Ceci est un essai du canal « ${channel} ». Les messages arrivent ici.`,
  },
};
