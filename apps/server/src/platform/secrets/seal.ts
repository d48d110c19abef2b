import { createCipheriv, createDecipheriv } from "node:crypto";
import { AppError, type Random } from "@gatehouse/base";
import { secretKeyOf } from "./secret-key.ts";

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;

/**
 * A secret as it is stored in a column: version 1 B = 1 · nonce 12 B · ciphertext · tag 16 B (AES-256-GCM,
 * NIST SP 800-38D). `context` is associated data that ties the value to its place ("device/<id>/api-key"), so
 * that a value moved to another row does not open. Nonces are random: one key takes 2^32 values (§8.3).
 */
export function sealSecret(
  key: Uint8Array,
  plaintext: string | Uint8Array,
  context: string,
  random: Random,
): Uint8Array {
  const header = Buffer.concat([Uint8Array.of(VERSION), random.bytes(NONCE_BYTES)]);
  const cipher = createCipheriv("aes-256-gcm", secretKeyOf(key), header.subarray(1));
  cipher.setAAD(associatedData(context));
  const body = Buffer.concat([cipher.update(plaintext as Uint8Array), cipher.final()]);
  return Buffer.concat([header, body, cipher.getAuthTag()]);
}

/** The plaintext bytes; every failure is the one refusal `secret.unreadable`. */
export function openSecret(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION)
    throw new AppError("secret.unreadable");
  const tagAt = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(1, HEADER_BYTES);
  const cipher = createDecipheriv("aes-256-gcm", secretKeyOf(key), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(context));
  cipher.setAuthTag(sealed.subarray(tagAt));
  const plaintext = cipher.update(sealed.subarray(HEADER_BYTES, tagAt));
  try {
    cipher.final();
  } catch {
    throw new AppError("secret.unreadable");
  }
  return plaintext;
}

const associatedData = (context: string): Uint8Array => Buffer.from(`gatehouse-seal-v1\0${context}`);
