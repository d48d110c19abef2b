import type { Language } from "@gatehouse/contract";

/** What rules and charts of the demo site are called, in the organisation's language. */
export interface FurnitureWords {
  readonly rules: Readonly<Record<"coldStore" | "greenhouse" | "plug" | "loadingBay" | "person", string>>;
  readonly board: string;
  readonly charts: Readonly<
    Record<"boiler" | "coldStore" | "meterRoom" | "greenhouse" | "compressors" | "laundry", string>
  >;
}

export const FURNITURE_WORDS: Readonly<Record<Language, FurnitureWords>> = {
  en: {
    rules: {
      coldStore: "Cold store too warm",
      greenhouse: "Greenhouse heats up fast",
      plug: "A plug went silent",
      loadingBay: "Loading bay open at night",
      person: "Person seen",
    },
    board: "Demo: four places",
    charts: {
      boiler: "Boiler room",
      coldStore: "Cold store",
      meterRoom: "Meter room",
      greenhouse: "Greenhouse",
      compressors: "Compressors",
      laundry: "Laundry",
    },
  },
  fr: {
    rules: {
      coldStore: "Chambre froide trop chaude",
      greenhouse: "La serre chauffe vite",
      plug: "Une prise ne répond plus",
      loadingBay: "Quai de chargement ouvert la nuit",
      person: "Personne vue",
    },
    board: "Démonstration : quatre lieux",
    charts: {
      boiler: "Chaufferie",
      coldStore: "Chambre froide",
      meterRoom: "Local des compteurs",
      greenhouse: "Serre",
      compressors: "Compresseurs",
      laundry: "Buanderie",
    },
  },
};
