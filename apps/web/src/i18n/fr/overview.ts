import type { overview as en } from "../en/overview.ts";
import type { Same } from "../same.ts";

export const overview: Same<typeof en> = {
  empty: {
    title: "Aucun appareil",
    text: "L’état de chaque appareil s’affiche ici dès que le premier est ajouté.",
  },
};
