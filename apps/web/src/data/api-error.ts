import { ERRORS, type ErrorCode } from "@gatehouse/base";

/** Beside the server's codes: no answer at all, and an answer that is no problem document of ours. */
export type ApiErrorCode = ErrorCode | "network" | "unexpected";

/** A call that did not succeed: the server's problem document (RFC 9457), or the reason there is none. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  /** Finds the line in the server's log. */
  readonly traceId: string | undefined;
  /** Extension members of the problem document. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** How long to wait before the next try, from Retry-After (RFC 9110 §10.2.3). */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ApiErrorCode,
    status: number,
    options: {
      traceId?: string | undefined;
      fields?: Record<string, unknown>;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.traceId = options.traceId;
    this.fields = options.fields ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same request may succeed later without a change. */
  get retry(): boolean {
    if (this.code === "network") return true;
    return this.code !== "unexpected" && ERRORS[this.code].retry;
  }
}

export function isApiError(error: unknown, code?: ApiErrorCode): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

const isErrorCode = (text: unknown): text is ErrorCode =>
  typeof text === "string" && Object.hasOwn(ERRORS, text);

/** Reads a refusal. Any other answer (a proxy's page, a foreign JSON) becomes `unexpected` with its status. */
export async function readProblem(response: Response): Promise<ApiError> {
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  const retryAfterMs = Number.isNaN(seconds) ? undefined : seconds * 1_000;
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (typeof body !== "object" || body === null || !("code" in body) || !isErrorCode(body.code)) {
    return new ApiError("unexpected", response.status, { retryAfterMs });
  }
  const { type, title, status, code, instance, ...fields } = body as Record<string, unknown>;
  return new ApiError(code as ErrorCode, response.status, {
    traceId: typeof instance === "string" ? instance : undefined,
    fields,
    retryAfterMs,
  });
}
