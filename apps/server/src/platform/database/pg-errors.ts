import pg from "pg";

/** True when the statement broke a unique constraint, and with `constraint` only for that one (23505). */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, "23505", constraint);

/** True when a row points to one that is not there, or is pointed to (23503). */
export const isForeignKeyViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, "23503", constraint);

/** True when a value is none that the column can hold, however often it is tried (class 22). */
export const isUnstorable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code?.startsWith("22") === true;

/** True when the disk of the database is full (53100). */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === "53100";

const SOCKET_CALLS = new Set<unknown>(["connect", "getaddrinfo", "read", "write"]);

/** What pg says of its own connections has no code. */
const LOST_TEXT = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/**
 * True when the database could not be asked: away, starting, stopping (57P0x), or out of connections (53300).
 * For errors of database calls only: any socket fails with the same names.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof pg.DatabaseError) return /^(57P0[1-5]|08...|53300)$/.test(error.code ?? "");
  return ("syscall" in error && SOCKET_CALLS.has(error.syscall)) || LOST_TEXT.test(error.message);
}

function isViolation(error: unknown, code: string, constraint?: string): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code !== code) return false;
  return constraint === undefined || error.constraint === constraint;
}
