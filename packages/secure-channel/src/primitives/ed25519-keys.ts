/** 2^255 − 19. */
const P = (1n << 255n) - 19n;
/**
 * y-coordinates of the points of order 1, 2, 4 and 8. With such a key one signature fits many messages, so its
 * owner could deny what was signed.
 */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/** Whether 32 bytes are a canonical encoding (y < p) of a point that is not of small order. */
export function isSoundEd25519Key(raw: Uint8Array): boolean {
  if (raw.length !== 32) return false;
  let y = 0n;
  for (let at = 31; at >= 0; at--) y = (y << 8n) | BigInt(raw[at] as number);
  y &= (1n << 255n) - 1n;
  return y < P && !SMALL_ORDER_Y.has(y);
}
