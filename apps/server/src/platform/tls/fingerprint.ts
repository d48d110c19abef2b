/** A SHA-256 fingerprint for people to compare: "ab12 cd34 …", 16 groups of four hex digits. */
export function groupFingerprint(sha256Hex: string): string {
  return (sha256Hex.match(/.{4}/g) ?? []).join(" ");
}
