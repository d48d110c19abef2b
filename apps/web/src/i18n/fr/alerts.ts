import type { alerts as en } from "../en/alerts.ts";
import type { Same } from "../same.ts";

export const alerts: Same<typeof en> = {
  empty: { title: "Aucune alerte", text: "Une règle qui se déclenche place une alerte ici." },
};
