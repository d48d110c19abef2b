import { createCipheriv, scrypt } from "node:crypto";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import type { Random } from "@gatehouse/base";
import { Encrypter, type Recipient, Stanza } from "age-encryption";

/** For whom a file is encrypted (C2SP age): whoever knows the passphrase, or whoever has the key of a recipient. */
export type AgeReader = { readonly passphrase: string } | { readonly recipient: string };

const LABEL = "age-encryption.org/v1/scrypt";
const SALT_BYTES = 16;
/** 2^18 rounds of scrypt, as the reference has it: about a second of one core, beside the main thread. */
const LOG_WORK = 18;
const BLOCK = 8;
const MAX_BYTES = 2 ** LOG_WORK * BLOCK * 128 + 2 ** 20;

const stretch = promisify<string, Uint8Array, number, object, Uint8Array>(scrypt);

/** The same bytes, encrypted as they are read: one part of 64 KiB is in memory at a time. */
export async function encryptAge(
  bytes: AsyncIterable<Uint8Array>,
  reader: AgeReader,
  random: Random,
): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient("recipient" in reader ? reader.recipient : byPassphrase(reader.passphrase, random));
  return encrypter.encrypt(Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>);
}

export function isAgeRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** The library's own stretches on the main thread, which serves others too. */
const byPassphrase = (passphrase: string, random: Random): Recipient => ({
  async wrapFileKey(fileKey) {
    const salt = random.bytes(SALT_BYTES);
    const key = await stretch(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, {
      ...{ N: 2 ** LOG_WORK, r: BLOCK, p: 1, maxmem: MAX_BYTES },
    });
    const cipher = createCipheriv("chacha20-poly1305", key, new Uint8Array(12), { authTagLength: 16 });
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
    return [new Stanza(["scrypt", unpadded(salt), String(LOG_WORK)], new Uint8Array(body))];
  },
});

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
