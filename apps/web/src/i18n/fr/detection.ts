import type { detection as en } from "../en/detection.ts";
import type { Same } from "../same.ts";

export const detection: Same<typeof en> = {
  title: "Personnes",
  subtitle: "qui ou quoi chercher",
  enabled: "Chercher des personnes",
  enabledHint:
    "Une visite fait un événement. La recherche se fait sur la machine qui a l’image, dès que quelque chose bouge.",
  detector: "Détecteur",
  unknownDetector: "Un détecteur supprimé",
  leavesHouse: "Les images de cette caméra sont envoyées à l’adresse du détecteur.",
  notAsked:
    "Seul ce serveur interroge un détecteur ailleurs, et les images de cette caméra restent sur sa machine\u00a0: le modèle fourni regarde à sa place.",
  classes: "Recherché",
  classesNone: "Choisissez au moins une classe.",
  minScore: "À partir d’un score de",
  minScoreHint: "Plus bas, on trouve davantage, et plus souvent à tort.",
  height: "Hauteur",
  heights: "{least} à {most}",
  minHeight: "Hauteur minimale",
  maxHeight: "Hauteur maximale",
  heightHint: "De la hauteur de l’image\u202f; ce qui est plus petit ou plus grand est laissé de côté.",
  minSeconds: "Une visite dure au moins",
  endAfter: "Elle finit sans personne en vue pendant",
  arming: "Déclenche une alarme",
  armings: { always: "Toujours", schedule: "Selon un horaire", site: "Quand le site est armé" },
  armingHint: {
    always: "Jour et nuit.",
    schedule: "Pendant ces heures, et pas en dehors. Les événements sont gardés de toute façon.",
    site: "Le site s’arme sur la page du direct, ou par un programme.",
  },
  armingTimes: "Armé à ces heures",
  armingNone: "Ajoutez une plage horaire\u00a0: sans elle, la caméra n’est jamais armée.",
  cooldown: "Aucune autre alarme pendant",
  picture: "Image dans les messages",
  pictureOn:
    "Les messages d’alarme portent une image. Elle quitte la maison, vers les services de vos canaux.",
  pictureOff:
    "Les messages portent des mots et un lien pour qui se connecte. Aucune image ne quitte la maison.",
  place: {
    label: "Où c’est enregistré",
    server: "Sur ce serveur",
    agent: "Sur sa machine, puis ici",
    agent_only: "Sur sa machine seulement",
    hint: {
      server: "Les images viennent ici dès qu’elles sont prises.",
      agent: "Sa machine scelle et signe ce qui est enregistré, et l’apporte ici.",
      agent_only: "Sa machine le garde, et dit seulement ce qui s’est passé.",
    },
  },
  live: {
    boxes: "Cadres autour de ce qui est trouvé",
    agent: "Recherché sur la machine de la caméra, qui le dit environ une fois par seconde.",
    agentSilent:
      "Recherché sur la machine de la caméra, qui n’en dit rien pour le moment\u00a0: aucun cadre à dessiner.",
  },
  view: {
    show: "Montrer ce qui est trouvé",
    saved: "Trouvé avec les réglages enregistrés\u202f; enregistrez pour voir les nouveaux à l’œuvre.",
    off: "Les personnes ne sont pas recherchées.",
    state: {
      off: "Rien n’est recherché.",
      still: "Rien ne bouge\u202f; une image est analysée de temps en temps.",
      looking: "Les images sont analysées.",
      busy: "D’autres caméras passent d’abord.",
      failed: "Le détecteur est en échec.",
      no_picture: "Aucune image à analyser.",
    },
    instead: {
      coming:
        "{wanted} est en route vers l’appareil, {share} sont arrivés. D’ici là, le modèle fourni regarde.",
      damaged:
        "{wanted} n’est pas arrivé tel qu’il a été déposé\u202f; il est demandé de nouveau. Le modèle fourni regarde à sa place.",
      invalid: "L’appareil ne peut pas ouvrir {wanted}. Le modèle fourni regarde à sa place.",
      failed:
        "{wanted} échoue sur l’appareil. Le modèle fourni regarde à sa place, et {wanted} sera essayé de nouveau plus tard.",
      no_room: "L’appareil n’a pas de place pour {wanted}. Le modèle fourni regarde à sa place.",
      elsewhere:
        "{wanted} est ailleurs\u00a0: seul ce serveur l’interroge, et les images de cette caméra n’arrivent pas ici. Le modèle fourni regarde à sa place.",
    },
    pace: "{model}\u00a0: {ms} ms par image, {looks} images par seconde",
  },
};
