import type { claim as en } from "../en/claim.ts";
import type { Same } from "../same.ts";

export const claim: Same<typeof en> = {
  title: "Un code de rattachement",
  intro: "Avec ce code, un appareil va chercher sa propre clé auprès de Gatehouse. Il sert une fois.",
  noCode:
    "Cette adresse ne contient pas de code de rattachement, ou seulement une partie. Scannez de nouveau le code QR.",
  copyCode: "Copier le code",
  device: "Pour l’appareil",
  deviceText:
    "L’appareil, ou une personne devant lui, envoie le code. La réponse contient son nom et sa clé d’API.",
  copyCommand: "Copier la commande",
  limits: "Un code affiché à l’écran vaut 10 minutes, un code imprimé 24 heures.",
  ownAuthority: "Avec l’autorité de certification propre à Gatehouse, ajoutez --cacert ca.pem.",
  private: "Le code suit le # de l’adresse. Ce navigateur ne l’a envoyé à personne.",
  login: "Se connecter",
  loginText: "Vous occupez-vous de cet appareil\u202f? Sa page le montre quand il arrive.",
  waiting: "Appareils jamais vus",
  noneWaits: "Tous les appareils ont déjà été vus.",
  allDevices: "Ouvrir les appareils",
};
