import type { RecordingContext } from "./context.ts";
import { clearPin, holdPin, setPin } from "./pin-store.ts";
import type { Pins } from "./ports.ts";

/** What events need of recordings. */
export const pinsOf = ({ room }: Pick<RecordingContext, "room">): Pins => ({
  async set(tx, pin) {
    await setPin(tx, pin);
    await room.pinsChange(pin.tenantId);
  },
  async clear(tx, { tenantId, eventId }) {
    await clearPin(tx, tenantId, eventId);
    await room.pinsChange(tenantId);
  },
  hold: (tx, pin, held) => holdPin(tx, pin, held),
});
