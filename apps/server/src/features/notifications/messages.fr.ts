import type { Messages } from "./messages.en.ts";

/** Textes des messages, en français. */
export const fr: Messages = {
  severity: { info: "Information", warning: "Avertissement", critical: "Critique" },
  subject: {
    raised: (rule, device) => `${rule} : ${device}`,
    repeated: (rule, device) => `Toujours en cours : ${rule} : ${device}`,
    resolved: (rule, device) => `Terminé : ${rule} : ${device}`,
  },
  where: (device, site) => `Appareil : ${device}, ${site}`,
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
  test: {
    subject: "Message d’essai",
    line: (channel) => `Ceci est un essai du canal « ${channel} ». Les messages arrivent ici.`,
  },
};
