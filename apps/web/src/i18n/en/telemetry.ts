export const telemetry = {
  empty: { title: "No reading yet", text: "Charts appear here with the first reading of a device." },
} as const;
