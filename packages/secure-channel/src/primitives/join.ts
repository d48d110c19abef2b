/**
 * Joins pieces into one new array without zeroing it first, which a message of a megabyte feels. Node only. Never a
 * Buffer: `slice` of one does not copy.
 */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const joined = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
