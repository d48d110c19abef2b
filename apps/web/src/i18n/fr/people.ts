import type { people as en } from "../en/people.ts";
import type { Same } from "../same.ts";

export const people: Same<typeof en> = {
  empty: { title: "Personne d’autre", text: "Les sessions et le journal des accès figurent ici." },
};
