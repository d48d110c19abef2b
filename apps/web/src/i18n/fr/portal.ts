import type { portal as en } from "../en/portal.ts";
import type { Same } from "../same.ts";

export const portal: Same<typeof en> = {
  title: "Mon compte",
  nav: "Navigation principale",
  home: "Accueil",
  me: "Moi",
  hello: "Bonjour {name}",
  state: "Votre compte auprès de {organisation} est actif.",
  member: "Client depuis le {date}.",
  lastLogin: "Votre dernière connexion date du {time}.",
  secure: "Votre compte",
  noFactor: "Vous n’avez pas de second facteur. Qui connaît votre mot de passe peut se connecter.",
  factors:
    "{count, plural, one {Un second facteur protège} other {# seconds facteurs protègent}} votre compte.",
  reading: "votre compte",
  toAccount: "Vers votre compte",
  addFactor: "Ajouter un second facteur",
};
