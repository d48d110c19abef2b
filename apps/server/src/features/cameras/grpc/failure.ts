import { AppError } from "@gatehouse/base";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { toAppError } from "../../../platform/http/problem.ts";

/** gRPC's word for what HTTP says by a number (google.rpc.Code). */
const STATUS: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ABORTED,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};

/** The error as a call ends with it; its code stands in the trailers as `gatehouse-code`. */
export function failureOf(error: unknown): Partial<ServiceError> & { readonly code: status } {
  const { code, row } = toAppError(error);
  const metadata = new Metadata();
  metadata.set("gatehouse-code", code);
  return { code: STATUS[row.status] ?? status.INTERNAL, details: row.title, metadata };
}

const BEARER = /^bearer +(\S{1,512})$/i;

/** What the caller shows. Fails with auth.required. */
export function bearerOf(metadata: Metadata): string {
  const found = BEARER.exec(String(metadata.get("authorization")[0] ?? ""))?.[1];
  if (found === undefined) throw new AppError("auth.required");
  return found;
}
