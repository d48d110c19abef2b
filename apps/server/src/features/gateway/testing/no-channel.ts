import { AppError } from "@gatehouse/base";
import type { SecureChannel } from "../ports.ts";

/** A door without the secure channel: every frame is refused, nothing is required. */
export const NO_CHANNEL: SecureChannel = {
  connect: () => ({
    receive() {
      throw new AppError("envelope.refused");
    },
    seal: () => undefined,
    hasSession: () => false,
    end() {},
  }),
  reasonOf: () => undefined,
  isRequired: () => false,
  async takeKeys() {
    throw new AppError("envelope.refused");
  },
  async takeMarks() {},
};
