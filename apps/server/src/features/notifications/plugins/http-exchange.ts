import { type AppError, isAppError } from "@gatehouse/base";
import { fetchPinned, type PinnedRequest } from "../../../platform/outgoing/index.ts";
import {
  detailOf,
  type Failure,
  type FailureCode,
  type Outcome,
  type SendContext,
} from "./notifier-plugin.ts";

const MAX_ANSWER_BYTES = 65_536;
const MAX_RETRY_AFTER_S = 86_400;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** One guarded HTTP request: what came back, or why nothing did. */
export async function exchange(
  url: string,
  init: PinnedRequest,
  { allowPrivate, signal, timeoutMs }: SendContext,
): Promise<Answer | Failure> {
  try {
    const headers = { "user-agent": "Gatehouse", accept: "application/json", ...init.headers };
    const {
      status,
      headers: answered,
      body,
    } = await fetchPinned(
      url,
      { ...init, headers, signal },
      { allowPrivate, timeoutMs, maxBytes: MAX_ANSWER_BYTES },
    );
    const seconds = Number(answered["retry-after"]);
    const isGiven = answered["retry-after"] !== undefined && seconds >= 0 && seconds <= MAX_RETRY_AFTER_S;
    const text = new TextDecoder().decode(body);
    return { status, text, ...(isGiven ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}) };
  } catch (error) {
    if (isAppError(error)) return failureOf(error);
    if (signal.aborted) return { ok: false, code: "timeout" };
    throw error;
  }
}

/** A refusal of the outgoing guard as a failure of the message. */
export function failureOf(error: AppError): Failure {
  if (error.code === "url.forbidden")
    return { ok: false, code: "address_forbidden", detail: String(error.fields.reason ?? "") };
  const { reason } = error.fields;
  if (reason === "timeout") return { ok: false, code: "timeout" };
  return connectionFailure(error.cause ?? error);
}

const TLS_ERROR = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|SIGNATURE/;

/** A connection that did not come about, by the system's error code. */
export function connectionFailure(error: unknown): Failure {
  const code = systemCodeOf(error);
  if (TLS_ERROR.test(code)) return { ok: false, code: "tls_failed", detail: code };
  if (code === "ETIMEDOUT") return { ok: false, code: "timeout" };
  return { ok: false, code: "unreachable", ...(code === "" ? {} : { detail: code }) };
}

/** nodemailer puts a class of its own in `code` and the system's beside it. */
function systemCodeOf(error: unknown): string {
  const { code, originalCode } = error as { code?: unknown; originalCode?: unknown };
  return String(originalCode ?? code ?? "");
}

/** What a status means where the protocol above HTTP says nothing else. */
export function outcomeOf(answer: Answer | Failure, detail = "text" in answer ? answer.text : ""): Outcome {
  if ("ok" in answer) return answer;
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { ok: true };
  return {
    ok: false,
    code: codeOf(status),
    detail: detailOf(`${status} ${detail}`),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function codeOf(status: number): FailureCode {
  if (status === 401 || status === 403) return "auth_refused";
  if (status === 404 || status === 410) return "target_gone";
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 425 || status >= 500) return "server_error";
  return status >= 300 && status < 400 ? "redirected" : "rejected";
}
