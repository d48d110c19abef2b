import type { UnixMs } from "@gatehouse/base";
import type { DeviceChannel } from "@gatehouse/device-client";
import type { CameraWord } from "@gatehouse/device-types/camera-words";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";

/** Answers why the server did not take it. */
export async function sayOver(
  channel: Pick<DeviceChannel, "send">,
  word: CameraWord,
  sentMs: UnixMs,
): Promise<string | undefined> {
  const payload = Buffer.from(JSON.stringify(word));
  const { result, code } = await channel.send({ contentType: CONTENT_TYPES.control, payload, sentMs });
  return result === "refused" ? (code ?? "message.schema") : undefined;
}

/** Undefined for what is none. */
export function jsonIn(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}
