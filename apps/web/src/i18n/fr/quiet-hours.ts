import type { quietHours as en } from "../en/quiet-hours.ts";
import type { Same } from "../same.ts";

export const quietHours: Same<typeof en> = {
  on: "Heures calmes",
  onHint: "Pendant ces heures peu de messages partent\u202f; la console montre tout.",
  span: "Plage {n}",
  days: { d1: "Lun", d2: "Mar", d3: "Mer", d4: "Jeu", d5: "Ven", d6: "Sam", d7: "Dim" },
  daysLabel: "Jours où elle commence",
  from: "De",
  to: "À",
  add: "Ajouter une plage",
  remove: "Retirer la plage {n}",
  passes: "Envoyé malgré tout",
  passesIs: { critical: "ce qui est critique", nothing: "rien" },
  rest: "Ce que devient le reste",
  restIs: { summary: "dit en un seul message à la fin", drop: "non envoyé" },
  timeZone: "Fuseau horaire",
  organisationZone: "Celui de l’organisation",
  wrongDays: "Choisissez au moins un jour.",
  wrongTimes: "Le début et la fin doivent être deux heures différentes.",
};
