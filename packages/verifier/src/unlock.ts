import { Decrypter } from "age-encryption";

/** What opens an export that is encrypted as a whole (C2SP age). */
export interface Unlocking {
  readonly passphrase?: string;
  /** Secret keys, `AGE-SECRET-KEY-1…`, as files of age have them: lines, comments begin with `#`. */
  readonly identities?: string;
}

const INTRO = new TextEncoder().encode("age-encryption.org/v1\n");

export const isLocked = (file: Uint8Array): boolean => INTRO.every((byte, at) => file[at] === byte);

/** Undefined when none of these opens it, or it was changed. */
export async function unlock(
  file: Uint8Array,
  { passphrase = "", identities = "" }: Unlocking,
): Promise<Uint8Array | undefined> {
  try {
    const decrypter = new Decrypter();
    if (passphrase !== "") decrypter.addPassphrase(passphrase);
    for (const identity of identities.match(/^AGE-SECRET-KEY-\S+$/gm) ?? []) decrypter.addIdentity(identity);
    return await decrypter.decrypt(file);
  } catch {
    return undefined;
  }
}
