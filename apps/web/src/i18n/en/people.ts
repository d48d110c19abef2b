export const people = {
  empty: { title: "Nobody else yet", text: "Sessions and the access log stand here." },
} as const;
