import { AppError } from "@gatehouse/base";

/** A command that cannot be run as it was written: exit code 64 (sysexits.h EX_USAGE). */
export class UsageError extends AppError {
  constructor(fields: Record<string, unknown>, options?: { cause?: unknown }) {
    super("request.invalid", fields, options);
  }
}
