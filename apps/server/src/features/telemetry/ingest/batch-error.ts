import { AppError } from "@gatehouse/base";
import { isDatabaseUnavailable, isDiskFull } from "../../../platform/database/index.ts";

/**
 * What a failed batch means: `away` nobody answers, try the same later; `again` memory was wrong, look again;
 * `poison` something in it cannot be written; `full` nothing can be; `busy` anything else, which time may mend.
 */
export type BatchFailure = "away" | "again" | "poison" | "full" | "busy";

/**
 * unique_violation: rows that were committed though we were not told. check_violation: no partition for a row.
 * foreign_key_violation: a device was deleted meanwhile. undefined_table, duplicate_table: a partition came or
 * went. When looking again does not help, it was something in the batch after all.
 */
const AGAIN = new Set(["23505", "23514", "23503", "42P01", "42P07"]);

/** Data exceptions, integrity constraints, values beyond a limit; and errors of our own that no time mends. */
const POISON = /^(22|23|54)/;

export function classify(error: unknown): BatchFailure {
  if (isDatabaseUnavailable(error)) return "away";
  if (isDiskFull(error)) return "full";
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== "string")
    return error instanceof TypeError || error instanceof RangeError ? "poison" : "busy";
  if (AGAIN.has(code)) return "again";
  return POISON.test(code) ? "poison" : "busy";
}

/** What a device is told when its reading could not be kept. */
export function refusalFor(failure: BatchFailure, cause: unknown): AppError {
  if (failure === "away") return new AppError("database.unavailable", {}, { cause });
  if (failure === "busy") return new AppError("server.busy", {}, { cause });
  if (failure === "full") return new AppError("server.disk_full", {}, { cause });
  return new AppError("server.internal", {}, { cause });
}
