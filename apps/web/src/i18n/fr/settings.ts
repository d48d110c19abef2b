import type { settings as en } from "../en/settings.ts";
import type { Same } from "../same.ts";

export const settings: Same<typeof en> = {
  empty: { title: "Aucun réglage ici", text: "Les réglages de cette installation figurent ici." },
};
