import { crc32 } from "node:zlib";
import { randomBase62, systemRandom } from "@gatehouse/base";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An API key with somebody's key id, which is no secret, and a made-up rest; its check digits are right (docs/devices.md). */
export function forgedKey(keyId: string): string {
  const body = `gh_${keyId}_${randomBase62(systemRandom, 43)}`;
  let rest = crc32(body);
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return body + digits;
}
