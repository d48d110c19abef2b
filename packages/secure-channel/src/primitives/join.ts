/**
 * Joins pieces into one new array without zeroing it first, which a message of a megabyte feels; a small one shares
 * Node's pool of buffers, so its `buffer` is more than it. Node only. Never a Buffer: `slice` of one does not copy.
 */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const room = Buffer.allocUnsafe(length);
  const joined = new Uint8Array(room.buffer, room.byteOffset, length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
