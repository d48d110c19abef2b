import type { telemetry as en } from "../en/telemetry.ts";
import type { Same } from "../same.ts";

export const telemetry: Same<typeof en> = {
  empty: {
    title: "Aucune mesure",
    text: "Les graphiques apparaissent ici avec la première mesure d’un appareil.",
  },
};
