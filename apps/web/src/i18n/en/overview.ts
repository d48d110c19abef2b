export const overview = {
  empty: { title: "No device yet", text: "The state of every device stands here once the first one is in." },
} as const;
