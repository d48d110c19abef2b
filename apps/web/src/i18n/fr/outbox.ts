import type { outbox as en } from "../en/outbox.ts";
import type { Same } from "../same.ts";

export const outbox: Same<typeof en> = {
  empty: { title: "Aucun message", text: "Ce que Gatehouse envoie aux personnes figure ici." },
};
