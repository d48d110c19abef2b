import type { login as en } from "../en/login.ts";
import type { Same } from "../same.ts";

export const login: Same<typeof en> = {
  title: "Se connecter",
  intro: "Tout reste sur votre propre machine.",
  email: "Adresse courriel",
  password: "Mot de passe",
  submit: "Se connecter",
  ended: "Votre session est terminée. Reconnectez-vous pour reprendre où vous étiez.",
  setup:
    "Cette installation n’a pas encore de propriétaire. Ouvrez le lien d’installation que Gatehouse a écrit dans son journal.",
  wait: "Attendez {duration}, puis réessayez.",
  show: "Afficher le mot de passe",
};
