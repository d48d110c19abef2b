import type { devices as en } from "../en/devices.ts";
import type { Same } from "../same.ts";

export const devices: Same<typeof en> = {
  empty: { title: "Aucun appareil", text: "Le premier demande environ deux minutes." },
};
