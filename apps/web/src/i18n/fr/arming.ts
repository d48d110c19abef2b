import type { arming as en } from "../en/arming.ts";
import type { Same } from "../same.ts";

export const arming: Same<typeof en> = {
  site: "Armement de {name}",
  armed: "{name}\u00a0: armé",
  disarmed: "{name}\u00a0: désarmé",
  until: "jusqu’au {time}",
  by: "par {name}, {time}",
  arm: "Armer",
  disarm: "Désarmer",
  forGood: "Jusqu’au prochain changement",
  forHours: "Pendant {count, plural, one {# heure} other {# heures}}",
};
