import type { Compilable } from "kysely";
import type { ClientBase } from "pg";
import type { AnyDatabase } from "./database.ts";

const names = new Map<string, string>();

/** A statement that each connection plans once: for the few that are in the way of every act. It must hold no value. */
export function prepared(text: string): string {
  if (!names.has(text)) names.set(text, `gatehouse_${names.size}`);
  return text;
}

/** Runs a query that each connection plans once; its text must be one of few. */
export async function runPrepared<Row>(
  db: Pick<AnyDatabase, "executeQuery">,
  query: Compilable<Row>,
): Promise<Row[]> {
  const compiled = query.compile();
  prepared(compiled.sql);
  return (await db.executeQuery(compiled)).rows;
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
