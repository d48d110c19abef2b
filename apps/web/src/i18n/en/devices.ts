export const devices = {
  empty: { title: "No device yet", text: "The first one takes about two minutes." },
} as const;
