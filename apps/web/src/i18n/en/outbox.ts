export const outbox = {
  empty: { title: "No message yet", text: "What Gatehouse sends to people is listed here." },
} as const;
