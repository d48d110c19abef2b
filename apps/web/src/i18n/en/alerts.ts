export const alerts = {
  empty: { title: "No alert yet", text: "A rule that fires puts an alert here." },
} as const;
