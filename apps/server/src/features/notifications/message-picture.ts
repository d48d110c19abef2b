import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { ChannelRecord } from "./channel-store.ts";
import { pluginOf } from "./plugins/registry.ts";
import type { AlertPictures } from "./ports.ts";

/** The words of a message go without its picture rather than late. */
const PICTURE_MS = 1_000;

export interface PictureDeps {
  readonly pictures: AlertPictures;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What goes with a message about this alert, of a channel that takes pictures. */
export async function pictureFor(
  { clock, log, pictures }: PictureDeps,
  alertId: Uuid | undefined,
  { sealed }: ChannelRecord,
): Promise<{ readonly picture?: Uint8Array }> {
  if (alertId === undefined || pluginOf(sealed.plain.kind).takesPicture !== true) return {};
  const picture = await new Promise<Uint8Array | undefined>((resolve) => {
    const late = clock.after(PICTURE_MS, () => resolve(undefined));
    pictures
      .ofAlert(alertId)
      .catch((error: unknown) => {
        log.warn({ err: error, alertId }, "outbox.no_picture");
        return undefined;
      })
      .then(resolve)
      .finally(() => late.cancel());
  });
  return picture === undefined ? {} : { picture };
}
