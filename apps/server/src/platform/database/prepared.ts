import type { ClientBase } from "pg";

const names = new Map<string, string>();

/** A statement that each connection plans once: for the few that are in the way of every act. It must hold no value. */
export function prepared(text: string): string {
  if (!names.has(text)) names.set(text, `gatehouse_${names.size}`);
  return text;
}

/** Lets a new connection send those by their names. */
export function preparing(client: ClientBase): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const named = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    const name = typeof text === "string" ? names.get(text) : undefined;
    return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest);
  };
  Object.assign(client, { query: named });
}
