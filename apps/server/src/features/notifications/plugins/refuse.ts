import { AppError } from "@gatehouse/base";

/** Refuses a channel's settings. */
export function refuseChannel(field: string, detail: string): never {
  throw new AppError("channel.invalid", { field, detail });
}
