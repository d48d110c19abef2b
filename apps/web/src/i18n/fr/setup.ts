import type { setup as en } from "../en/setup.ts";
import type { Same } from "../same.ts";

export const setup: Same<typeof en> = {
  title: "Installer Gatehouse",
  aside: "Installation, environ 4 minutes",
  local: "Tout reste sur cette machine. Ni compte, ni nuage.",
  canWait: "peut attendre",
  done: "fait",
  step: {
    administrator: "Administrateur",
    administratorHint: "vous, avec un mot de passe solide",
    recovery: "Kit de secours",
    recoveryHint: "un code sur papier",
    address: "Adresse et TLS",
    addressHint: "vérifier l’empreinte",
    device: "Premier appareil",
    deviceHint: "un site de démonstration convient aussi",
    people: "Inviter des personnes",
  },
  administrator: {
    title: "Devenir propriétaire",
    intro: "Il n’y a ni compte ni mot de passe par défaut. Ce lien ne sert qu’une fois.",
    organisation: "Organisation ou foyer",
    name: "Votre nom",
    email: "Adresse courriel",
    password: "Mot de passe",
    passwordHint: "Au moins 12 caractères. Une phrase fait un bon mot de passe.",
    submit: "Créer le propriétaire",
    required: "Remplissez ce champ.",
    emailInvalid: "Ce n’est pas une adresse courriel.",
    noToken: "Cette page demande le lien à usage unique que Gatehouse écrit dans son journal au démarrage.",
    tokenTitle: "Ouvrir le lien à usage unique",
  },
  recovery: {
    title: "Créez un kit de secours",
    intro:
      "Un incendie ou un voleur emporte la machine et ses clés. Un code imprimé ouvre les copies que vous gardez ailleurs. Cela prend une minute.",
    make: "Créer le kit de secours",
    later: "Plus tard : continuer vers l’adresse",
    next: "Continuer vers l’adresse",
    made: "Il y a un kit de secours. Gardez la feuille loin de la machine.",
  },
  address: {
    title: "Vérifier l’adresse et le certificat",
    intro:
      "Les appareils et les navigateurs joignent Gatehouse ici. Comparez l’empreinte une fois\u202f; cet ordinateur peut ensuite lui faire confiance.",
    address: "Adresse",
    encryption: "Chiffrement",
    https: "TLS, certificat de l’autorité propre à Gatehouse",
    http: "Aucun\u00a0: HTTP simple, sur cet ordinateur seulement",
    httpText:
      "Personne d’autre ne peut joindre cette adresse. Démarrez Gatehouse sur une adresse publique pour obtenir TLS automatiquement.",
    fingerprint: "Empreinte de l’autorité (SHA-256)",
    fingerprintHint:
      "La même ligne figure dans le journal du serveur. Si un seul caractère diffère, arrêtez-vous ici.",
    none: "Il n’y a pas de certificat\u00a0: la connexion n’est pas chiffrée.",
    next: "Continuer vers le premier appareil",
  },
  device: {
    title: "Ajouter votre premier appareil",
    intro: "Connectez tout de suite un appareil réel, ou visitez d’abord un site de démonstration.",
    realTitle: "Un appareil réel",
    realText:
      "Un ESP32, un Raspberry Pi, un script\u00a0: tout ce qui parle MQTT ou HTTP. Comptez environ deux minutes.",
    realAction: "Ajouter un appareil",
    demoTitle: "Un site de démonstration",
    demoText:
      "54 appareils simulés sur les vrais protocoles, chacun avec sa propre clé. Supprimable d’un clic.",
    demoAction: "Démarrer le site de démonstration",
    demoStarting: "Démarrage de 54 appareils…",
    demoRunning: "Le site de démonstration fonctionne avec {count} appareils.",
    later: "Plus tard\u00a0: ouvrir l’aperçu",
    open: "Ouvrir l’aperçu",
  },
};
