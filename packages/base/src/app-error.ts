import { ERRORS, type ErrorCode, type ErrorRow } from "./errors.ts";

/**
 * The one error type. `code` names a row of the catalogue; `fields` are shown to the caller (RFC 9457
 * extension members), so never a secret. Foreign errors are translated where they enter, kept as `cause`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, fields: Record<string, unknown> = {}, options?: { cause?: unknown }) {
    super(`${code}: ${ERRORS[code].title}`, options);
    this.name = "AppError";
    this.code = code;
    this.fields = fields;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}

/** True for an AppError, and with `code` only for that one: catch only what you expect. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
