import { AppError } from "@gatehouse/base";

/** @param reason completes "This file is not a model that can be used: …" */
export const modelInvalid = (
  reason: string,
  fields: Record<string, unknown> = {},
  cause?: unknown,
): AppError =>
  new AppError("detector.model_invalid", { reason, ...fields }, cause === undefined ? {} : { cause });
