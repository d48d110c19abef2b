import { AppError, ERRORS, type ErrorCode, isAppError, type Logger } from "@gatehouse/base";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** Fastify's own refusals, translated where they enter. */
const FOREIGN: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: "request.invalid",
  FST_ERR_CTP_INVALID_JSON_BODY: "request.invalid",
  FST_ERR_CTP_EMPTY_JSON_BODY: "request.invalid",
  FST_ERR_CTP_BODY_TOO_LARGE: "request.too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "request.unsupported_media_type",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "request.invalid",
  FST_ERR_BAD_URL: "request.invalid",
  FST_ERR_MAX_PARAM_LENGTH: "request.invalid",
  FST_UNDER_PRESSURE: "server.busy",
};

/** Of those without a code of their own; a folder of the console's files is "forbidden" to the file server. */
const FOREIGN_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "request.invalid",
  403: "request.not_found",
  404: "request.not_found",
  405: "request.method_not_allowed",
  413: "request.too_large",
  429: "request.rate_limited",
};

/** Any thrown value → the AppError that is answered. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const foreign = error as Partial<FastifyError> & {
    validation?: { instancePath: string; message?: string }[];
    validationContext?: string;
  };
  const code = FOREIGN[foreign.code ?? ""] ?? FOREIGN_STATUS[foreign.statusCode ?? 500];
  if (code === undefined) return new AppError("server.internal", {}, { cause: error });
  const problems = foreign.validation?.slice(0, 20).map((item) => ({
    where: `${foreign.validationContext ?? ""}${item.instancePath}`,
    message: (item.message ?? "").slice(0, 200),
  }));
  return new AppError(code, problems === undefined ? {} : { problems }, { cause: error });
}

/** RFC 9457 problem details; `instance` is the request's id, which the log carries too. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const problem = toAppError(error);
  const row = ERRORS[problem.code];
  if (row.fault === "server")
    log.error(
      {
        code: problem.code,
        url: request.routeOptions.url,
        requestId: request.id,
        err: problem.cause ?? problem,
      },
      "http.failed",
    );
  if (typeof problem.fields.retryAfterSeconds === "number")
    reply.header("retry-after", Math.max(1, Math.ceil(problem.fields.retryAfterSeconds)));
  else if (row.status === 503 || row.status === 429)
    reply.header("retry-after", reply.getHeader("retry-after") ?? 1);
  return reply
    .status(row.status)
    .type("application/problem+json")
    .header("cache-control", "no-store")
    .send(
      JSON.stringify({
        ...problem.fields,
        type: `/docs/errors#${problem.code}`,
        title: row.title,
        status: row.status,
        code: problem.code,
        instance: request.id,
      }),
    );
}
