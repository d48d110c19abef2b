export const settings = {
  empty: { title: "No setting here", text: "The settings of this installation stand here." },
} as const;
