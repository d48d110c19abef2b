import type { RecordingContext } from "./context.ts";
import { setPin } from "./pin-store.ts";
import type { Pins } from "./ports.ts";

/** What events need of recordings. */
export const pinsOf = ({ room }: Pick<RecordingContext, "room">): Pins => ({
  async set(tx, pin) {
    await setPin(tx, pin);
    await room.pinsChange(pin.tenantId);
  },
});
